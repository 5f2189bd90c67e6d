/** The hub has demo users that can sign in from the same machine only, so the page offers them only there. */
export const onLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname);

export const demoUsers = onLoopback ? Array.from({ length: 10 }, (_, index) => `user${index + 1}`) : [];

/** Published in the documentation; worth nothing anywhere else. */
export const demoSecret = 'password123';
