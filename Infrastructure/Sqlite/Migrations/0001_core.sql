-- Times are RFC 3339 text in UTC with microseconds, so that they sort and read well. Booleans are 0 and 1.

create table users (
  id text primary key,
  username text not null unique,
  display_name text,
  secret_hash text,
  scopes text not null,
  is_active boolean not null,
  created_at text not null,
  deleted_at text
) without rowid;

create table access_tokens (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  token_hash text not null unique,
  scope text not null default 'read write',
  issued_at text not null,
  expires_at text not null,
  revoked boolean not null default false,
  revoked_at text,
  created_at text not null
) without rowid;

create index idx_access_token_user on access_tokens (user_id, revoked, expires_at);
create index idx_access_token_expiration on access_tokens (expires_at);
create index idx_access_token_revoked on access_tokens (revoked_at) where revoked_at is not null;

create table refresh_tokens (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  token_hash text not null unique,
  scope text not null default 'read write',
  issued_at text not null,
  expires_at text not null,
  revoked boolean not null default false,
  revoked_at text,
  last_used_at text,
  created_at text not null
) without rowid;

create index idx_refresh_token_user on refresh_tokens (user_id, revoked, expires_at);
create index idx_refresh_token_expiration on refresh_tokens (expires_at);

-- pair_key holds both ids of a private conversation, so that a pair has one conversation.
create table conversations (
  id text primary key,
  type integer not null,
  pair_key text unique,
  metadata text not null,
  last_seq integer not null default 0,
  last_activity_at text not null,
  created_at text not null
) without rowid;

create table conversation_members (
  conversation_id text not null references conversations (id) on delete cascade,
  user_id text not null references users (id),
  role integer not null,
  position integer not null default 0,
  joined_seq integer not null default 0,
  joined_at text not null,
  last_read_seq integer not null default 0,
  last_read_at text,
  primary key (conversation_id, user_id)
) without rowid;

create index idx_member_user on conversation_members (user_id, conversation_id);

-- status_at is null until the status first changes. No foreign key: the fence on the conversation's row has checked it.
create table messages (
  id text primary key,
  conversation_id text not null,
  seq integer not null,
  sender_id text,
  recipients text,
  kind integer not null,
  payload text not null,
  channels text not null,
  priority integer not null,
  status integer not null,
  status_at text,
  reply_to text,
  metadata text,
  edited_at text,
  deleted_at text,
  created_at text not null,
  unique (conversation_id, seq)
);

create index idx_message_system on messages (conversation_id, seq) where kind = 0;
create index idx_message_status_change on messages (conversation_id, status_at) where status_at is not null;

create table message_deliveries (
  message_id text not null,
  recipient text not null,
  channel text not null,
  status integer not null,
  attempts integer not null default 0,
  external_id text,
  error text,
  created_at text not null,
  updated_at text not null,
  primary key (message_id, recipient, channel)
) without rowid;

create table outbox_events (
  id text primary key,
  aggregate_type text not null,
  aggregate_id text not null,
  event_type text not null,
  payload text not null,
  published boolean not null default false,
  published_at text,
  created_at text not null,
  version integer not null default 1,
  error_message text,
  conversation_id text not null,
  seq integer not null,
  unique (aggregate_id, event_type)
);

create index idx_outbox_unpublished on outbox_events (conversation_id, seq) where published = false;

-- Reminders of grains, for the engine that has no table of its own.
create table reminders (
  grain_id text not null,
  name text not null,
  start_at text not null,
  period_ms integer not null,
  etag text not null,
  primary key (grain_id, name)
) without rowid;
