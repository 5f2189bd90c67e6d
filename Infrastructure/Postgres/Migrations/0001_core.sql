-- Ids are compared byte by byte ("C"): quicker than a language's rules, and the same order as in the SQLite store.

create table users (
  id text collate "C" primary key,
  username text collate "C" not null unique,
  display_name text,
  secret_hash text,
  scopes text not null,
  is_active boolean not null,
  created_at timestamptz not null,
  deleted_at timestamptz
);

create table access_tokens (
  id text collate "C" primary key default gen_random_uuid()::text,
  user_id text collate "C" not null references users (id) on delete cascade,
  token_hash varchar(64) collate "C" not null,
  scope varchar(255) not null default 'read write',
  issued_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked boolean not null default false,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  constraint idx_access_token_hash unique (token_hash)
);

create index idx_access_token_user on access_tokens (user_id, revoked, expires_at);
create index idx_access_token_expiration on access_tokens (expires_at);
create index idx_access_token_revoked on access_tokens (revoked_at) where revoked_at is not null;

create table refresh_tokens (
  id text collate "C" primary key default gen_random_uuid()::text,
  user_id text collate "C" not null references users (id) on delete cascade,
  token_hash varchar(64) collate "C" not null,
  scope varchar(255) not null default 'read write',
  issued_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked boolean not null default false,
  revoked_at timestamptz,
  last_used_at timestamptz,
  created_at timestamptz not null default now(),
  constraint idx_refresh_token_hash unique (token_hash)
);

create index idx_refresh_token_user on refresh_tokens (user_id, revoked, expires_at);
create index idx_refresh_token_expiration on refresh_tokens (expires_at);

-- pair_key holds both ids of a private conversation, so that a pair has one conversation. Pages keep room for the
-- next version of a row whose head moves, beside it and without a new index entry (HOT); no index holds a column that moves.
create table conversations (
  id text collate "C" primary key,
  type smallint not null,
  pair_key text collate "C" unique,
  metadata text not null,
  last_seq bigint not null default 0,
  last_activity_at timestamptz not null,
  created_at timestamptz not null
) with (fillfactor = 50);

create table conversation_members (
  conversation_id text collate "C" not null references conversations (id) on delete cascade,
  user_id text collate "C" not null references users (id),
  role smallint not null,
  position integer not null default 0,
  joined_seq bigint not null default 0,
  joined_at timestamptz not null,
  last_read_seq bigint not null default 0,
  last_read_at timestamptz,
  primary key (conversation_id, user_id)
) with (fillfactor = 50);

create index idx_member_user on conversation_members (user_id, conversation_id);

-- status_at is null until the status first changes. No foreign key: the fence on the conversation's row has checked it,
-- and a trigger for each row would cost more than the row.
create table messages (
  id text collate "C" primary key,
  conversation_id text collate "C" not null,
  seq bigint not null,
  sender_id text collate "C",
  recipients text,
  kind smallint not null,
  payload text not null,
  channels text not null,
  priority smallint not null,
  status smallint not null,
  status_at timestamptz,
  reply_to text,
  metadata text,
  edited_at timestamptz,
  deleted_at timestamptz,
  created_at timestamptz not null,
  constraint idx_message_seq unique (conversation_id, seq)
);

create index idx_message_system on messages (conversation_id, seq) where kind = 0;
create index idx_message_status_change on messages (conversation_id, status_at) where status_at is not null;

create table message_deliveries (
  message_id text collate "C" not null,
  recipient text collate "C" not null,
  channel text collate "C" not null,
  status smallint not null,
  attempts integer not null default 0,
  external_id text,
  error text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (message_id, recipient, channel)
);

create table outbox_events (
  id uuid primary key default gen_random_uuid(),
  aggregate_type varchar(50) not null,
  aggregate_id text collate "C" not null,
  event_type varchar(100) collate "C" not null,
  payload jsonb not null,
  published boolean not null default false,
  published_at timestamptz,
  created_at timestamptz not null default now(),
  version integer not null default 1,
  error_message text,
  conversation_id text collate "C" not null,
  seq bigint not null,
  constraint idx_outbox_dedup unique (aggregate_id, event_type)
);

create index idx_outbox_unpublished on outbox_events (conversation_id, seq) where published = false;

-- Reminders of grains, for the engine that has no table of its own.
create table reminders (
  grain_id text collate "C" not null,
  name text collate "C" not null,
  start_at timestamptz not null,
  period_ms bigint not null,
  etag text not null,
  primary key (grain_id, name)
);

-- Called inside an append's statement when fewer heads moved than the batch has conversations: takes the whole statement back.
create function append_fenced() returns integer
language plpgsql
as $$
begin
  raise exception 'a conversation has moved on' using errcode = 'C4F01';
end
$$;
