-- The event log is this database: an outbox row is a record of message_processing from its commit on. Its place in the log is the table's own order, so it
-- costs no index. With another log (Kafka) a row waits unpublished and has no partition. The newest row is never deleted, so that no offset comes twice.
create table outbox_in_log (
  log_offset integer primary key,
  id text not null unique,
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
  log_partition integer,
  traceparent text,
  unique (aggregate_id, event_type)
);

insert into outbox_in_log (id, aggregate_type, aggregate_id, event_type, payload, published, published_at, created_at, version, error_message, conversation_id, seq)
select id, aggregate_type, aggregate_id, event_type, payload, published, published_at, created_at, version, error_message, conversation_id, seq
from outbox_events
order by created_at, id;

drop table outbox_events;
alter table outbox_in_log rename to outbox_events;

create index idx_outbox_unpublished on outbox_events (conversation_id, seq) where published = false;

-- The next offset of each topic but message_processing.
create table event_log_heads (
  topic text primary key,
  next_offset integer not null
) without rowid;

-- Topics other than message_processing. value is the CloudEvents envelope.
create table event_log (
  topic text not null,
  log_offset integer not null,
  log_partition integer not null,
  event_id text not null,
  event_type text not null,
  key text not null,
  message_id text,
  traceparent text,
  value text not null,
  created_at text not null,
  primary key (topic, log_offset)
) without rowid;

-- committed is the last offset that is done. owner and leased_until say which process reads the partition for the group.
create table consumer_offsets (
  consumer_group text not null,
  topic text not null,
  log_partition integer not null,
  committed integer not null default 0,
  owner text,
  leased_until text,
  updated_at text not null,
  primary key (consumer_group, topic, log_partition)
) without rowid;

create table channel_addresses (
  user_id text not null references users (id),
  channel text not null,
  address text not null,
  linked_at text not null,
  last_inbound_at text,
  primary key (user_id, channel),
  unique (channel, address)
) without rowid;

-- A platform's receipts name its own id of the message.
create index idx_delivery_external on message_deliveries (channel, external_id) where external_id is not null;

-- When the attempt began in which the platform gave external_id.
alter table message_deliveries add column sent_at text;

-- Receipts of these platforms name a moment: everything sent to somebody up to then.
create index idx_delivery_unconfirmed on message_deliveries (channel, recipient, sent_at)
  where channel in ('instagram', 'messenger') and external_id is not null and status in (1, 2);

create table dead_letters (
  id text primary key,
  topic text not null,
  consumer_group text not null,
  event_id text not null,
  event_type text not null,
  key text not null,
  message_id text,
  recipient text,
  channel text,
  reason text not null,
  attempts integer not null,
  event text not null,
  created_at text not null,
  replayed_at text,
  unique (consumer_group, event_id)
) without rowid;

create index idx_dead_letter_waiting on dead_letters (created_at, id) where replayed_at is null;
create index idx_dead_letter_replayed on dead_letters (replayed_at) where replayed_at is not null;

create table webhooks (
  id text primary key,
  user_id text not null references users (id),
  url text not null,
  events text not null,
  secret text not null,
  created_at text not null
) without rowid;

create index idx_webhook_user on webhooks (user_id);

-- Calls that are still to be made. A call that was answered is deleted; one that was given up becomes a dead letter.
create table webhook_calls (
  id text primary key,
  webhook_id text not null references webhooks (id) on delete cascade,
  event_id text not null,
  event_type text not null,
  body text not null,
  attempts integer not null default 0,
  next_attempt_at text not null,
  created_at text not null,
  unique (webhook_id, event_id)
) without rowid;

create index idx_webhook_call_next on webhook_calls (webhook_id, attempts, id);

create table audit_log (
  id text primary key,
  actor text not null,
  action text not null,
  subject text not null,
  detail text,
  created_at text not null
) without rowid;

create index idx_audit_created on audit_log (created_at, id);
