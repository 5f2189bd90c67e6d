const Clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const Weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short' });
const Day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const LongDay = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const Relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

/** Whole calendar days from that moment to now, in the reader's time zone. */
function daysAgo(date) {
  const midnight = (of) => new Date(of.getFullYear(), of.getMonth(), of.getDate()).getTime();
  return Math.round((midnight(new Date()) - midnight(date)) / 86_400_000);
}

export function sameDay(timestamp, other) {
  return new Date(timestamp).toDateString() === new Date(other).toDateString();
}

export function clock(timestamp) {
  return Clock.format(new Date(timestamp));
}

/** For the list: the time today, the weekday this week, else the date. */
export function short(timestamp) {
  const date = new Date(timestamp);
  const days = daysAgo(date);
  if (days < 1) return Clock.format(date);
  return days < 7 ? Weekday.format(date) : Day.format(date);
}

/** For the separators between days. */
export function day(timestamp) {
  const date = new Date(timestamp);
  const days = daysAgo(date);
  return days < 2 ? Relative.format(-days, 'day') : LongDay.format(date);
}
