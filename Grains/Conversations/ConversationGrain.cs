using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;
using Chat4All.Grains.Files;
using Chat4All.Grains.Journal;
using Chat4All.Grains.Ports;
using Orleans;

namespace Chat4All.Grains.Conversations;

/// <inheritdoc cref="IConversationGrain" />
/// <remarks>
/// State changes only after commit. Sends interleave, so that one hot conversation fills whole batches; a membership change holds back the sends that come after it, so that
/// they are judged by the members that it leaves behind.
/// </remarks>
internal sealed class ConversationGrain(
    IConversationStore store, IUserStore users, IFanOut fanOut, ConversationPublishing publishing, Journal.Journal journal, DeliveryJournal deliveries, FileMessages files,
    TimeProvider time)
    : Grain, IConversationGrain
{
    /// <summary>Reloads an append may cost before it is given up: each means that another activation wrote meanwhile.</summary>
    private const int MaxReloads = 10;

    private ConversationState? _state;
    private ConversationAppender? _appender;
    private Task<ConversationState>? _loading;
    private Task _membershipChange = Task.CompletedTask;
    private long _lastSeq;
    private ICommittedOutbox? _outbox;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _outbox = publishing.Open(this.GetPrimaryKeyString(), this);
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => _outbox!.DrainAsync(cancellationToken);

    public async ValueTask<SendReceipt> Send(SendMessage message, CancellationToken cancellationToken)
    {
        using var span = Telemetry.Activities.StartActivity("append message");
        if (message.Kind == PayloadKind.File)
        {
            Authorize(await CurrentAsync(cancellationToken), message);
            await files.RequireAsync(this.GetPrimaryKeyString(), message, cancellationToken);
        }

        var appended = await AppendAsync([MessageDraft.From(message)], state => Authorize(state, message), cancellationToken);
        return appended[0] is { Message: { } stored } accepted ? Receipt(stored, accepted.Duplicate) : throw new ChatException(appended[0].Error!);
    }

    public async ValueTask<SendOutcome[]> SendMany(SendMessage[] messages, CancellationToken cancellationToken)
    {
        using var span = Telemetry.Activities.StartActivity("append messages");
        var outcomes = new SendOutcome[messages.Length];
        var accepted = new List<int>(messages.Length);
        var state = await CurrentAsync(cancellationToken);
        for (var i = 0; i < messages.Length; i++)
        {
            try
            {
                Authorize(state, messages[i]);
                await files.RequireAsync(state.Record.ConversationId, messages[i], cancellationToken);
                accepted.Add(i);
            }
            catch (ChatException refused)
            {
                outcomes[i] = new SendOutcome { Error = refused.Error };
            }
        }

        if (accepted.Count > 0)
        {
            MessageDraft[] drafts = [.. accepted.Select(i => MessageDraft.From(messages[i]))];
            var appended = await AppendAsync(drafts, current => accepted.ForEach(i => Authorize(current, messages[i])), cancellationToken);
            for (var i = 0; i < appended.Length; i++)
            {
                outcomes[accepted[i]] = appended[i] is { Message: { } stored } done
                    ? new SendOutcome { Receipt = Receipt(stored, done.Duplicate) }
                    : new SendOutcome { Error = appended[i].Error };
            }
        }

        return outcomes;
    }

    public async Task<CreatedConversation> Create(CreateConversation command, CancellationToken cancellationToken)
    {
        string[] members = [command.CreatorId, .. command.Members.Where(member => member != command.CreatorId)];
        var (record, created) = await store.CreateAsync(
            new NewConversation(this.GetPrimaryKeyString(), command.Type, members, command.Metadata, Now()), cancellationToken).Translated();
        var state = new ConversationState(record);
        var view = state.View(record.LastSeq);
        if (created)
        {
            Open(state);
            Publish(EventTypes.ConversationCreated, ConversationEvents.Conversation(view), state.MemberIds);
        }

        return new CreatedConversation(view, created);
    }

    public async ValueTask<ConversationView> Get(string callerId, CancellationToken cancellationToken)
    {
        var state = await CurrentAsync(cancellationToken);
        state.RequireMember(callerId);
        return state.View(_lastSeq);
    }

    public async Task<ConversationView> PatchMetadata(string callerId, string patch, CancellationToken cancellationToken)
    {
        var state = await CurrentAsync(cancellationToken);
        state.RequireOwner(callerId);
        var metadata = JsonMergePatch.Apply(state.Record.Metadata, patch);
        await store.UpdateMetadataAsync(state.Record.ConversationId, metadata, cancellationToken).Translated();
        state = _state = (_state ?? state).With(metadata);
        var view = state.View(_lastSeq);
        Publish(EventTypes.ConversationUpdated, ConversationEvents.Conversation(view), state.MemberIds);
        return view;
    }

    public async Task<ConversationView> AddMembers(string callerId, string[] userIds, CancellationToken cancellationToken)
    {
        await ChangeMembersAsync(
            async () =>
            {
                var state = await CurrentAsync(cancellationToken);
                state.RequireOwner(callerId);
                state.RequireGroup();
                return MembershipRules.Join(state, userIds, await users.FindNamesAsync(userIds, cancellationToken).Translated());
            });
        return _state!.View(_lastSeq);
    }

    public Task RemoveMember(string callerId, string userId, CancellationToken cancellationToken) =>
        ChangeMembersAsync(
            async () =>
            {
                var state = await CurrentAsync(cancellationToken);
                state.RequireMember(callerId);
                state.RequireGroup();
                return [MembershipRules.Leave(state, callerId, userId)];
            });

    public async ValueTask<ReadCursor> MarkRead(string callerId, string callerName, long? upToSeq, CancellationToken cancellationToken)
    {
        var state = await CurrentAsync(cancellationToken);
        state.RequireMember(callerId);
        var advance = await store.AdvanceReadCursorAsync(state.Record.ConversationId, callerId, upToSeq, Now(), cancellationToken).Translated()
            ?? throw ChatException.Forbidden(ErrorCodes.NotAMember, "You are not a member of this conversation.");
        if (advance.Cursor.LastReadSeq > advance.Previous)
        {
            Publish(EventTypes.ConversationRead, ConversationEvents.Read(state.Record.ConversationId, callerId, callerName, advance.Cursor), state.MemberIds);
            foreach (var change in advance.BecameRead)
            {
                Publish(EventTypes.MessageStatusUpdated, change.Outbox.Payload, state.MemberIds);
                _outbox!.Enqueue(change);
            }
        }

        return advance.Cursor;
    }

    public async ValueTask RecordDeliveries(DeliveryUpdate[] updates, CancellationToken cancellationToken)
    {
        var state = await CurrentAsync(cancellationToken);
        foreach (var round in DeliveryRounds.Of(updates))
        {
            var changes = await deliveries.RecordAsync(round);
            var members = (_state ?? state).MemberIds;
            foreach (var data in MessageEvents.StatusChanges(changes))
            {
                Publish(EventTypes.MessageStatusUpdated, data, members);
            }

            foreach (var change in changes.Messages)
            {
                _outbox!.Enqueue(change);
            }
        }
    }

    public async ValueTask Typing(string callerId, string callerName, CancellationToken cancellationToken)
    {
        var state = await CurrentAsync(cancellationToken);
        state.RequireMember(callerId);
        Publish(EventTypes.Typing, ConversationEvents.Typing(state.Record.ConversationId, callerId, callerName), state.MemberIds, except: callerId);
    }

    public async ValueTask Announce(string eventType, byte[] data, CancellationToken cancellationToken)
    {
        var state = await CurrentAsync(cancellationToken);
        Publish(eventType, data, state.MemberIds);
        _outbox!.LookInStore();
    }

    public ValueTask Wake()
    {
        _outbox!.LookInStore();
        return ValueTask.CompletedTask;
    }

    private static void Authorize(ConversationState state, SendMessage message)
    {
        state.RequireMember(message.SenderId);
        if (message.To is not null)
        {
            foreach (var range in message.To.AsSpan().Split(','))
            {
                if (!state.IsMember(message.To[range]))
                {
                    throw ChatException.Invalid(ErrorCodes.MemberNotFound, $"{message.To[range]} is not a member of this conversation.", "to");
                }
            }
        }
    }

    private static SendReceipt Receipt(StoredMessage stored, bool duplicate) => new()
    {
        MessageId = stored.MessageId,
        ConversationId = stored.ConversationId,
        Seq = stored.Seq,
        CreatedAt = stored.CreatedAt,
        Duplicate = duplicate,
    };

    /// <summary>Judges, queues and, once durable, tells the world; reloads and judges anew when another activation was faster.</summary>
    private async Task<AppendedMessage[]> AppendAsync(MessageDraft[] drafts, Action<ConversationState> authorize, CancellationToken cancellationToken)
    {
        publishing.EnsureRoom();
        for (var reload = 0; reload < MaxReloads; reload++)
        {
            while (!_membershipChange.IsCompleted)
            {
                await _membershipChange;
            }

            var state = await CurrentAsync(cancellationToken);
            authorize(state);
            if (await AppendOnceAsync(state, drafts) is { } appended)
            {
                return appended;
            }
        }

        throw ChatException.Unavailable(ErrorCodes.Overloaded, "The conversation is written to from too many places at once.");
    }

    /// <summary>One append; null when it was fenced.</summary>
    private async Task<AppendedMessage[]?> AppendOnceAsync(ConversationState state, MessageDraft[] drafts)
    {
        var result = await _appender!.AppendAsync(drafts);
        if (result.Fenced)
        {
            return null;
        }

        Announce(state, drafts, result.Messages);
        return result.Messages;
    }

    /// <summary>Changes the members and holds back sends until it is done, because they must be judged by the outcome.</summary>
    private async Task ChangeMembersAsync(Func<Task<MemberDraft[]>> judge)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _membershipChange = done.Task;
        try
        {
            for (var reload = 0; reload < MaxReloads; reload++)
            {
                var members = await judge();
                var state = _state!;
                MessageDraft[] drafts = [.. members.Select(member => MessageDraft.ForMember(Ids.New(time), member))];
                if (await AppendOnceAsync(state, drafts) is not null)
                {
                    return;
                }
            }

            throw ChatException.Unavailable(ErrorCodes.Overloaded, "The conversation is written to from too many places at once.");
        }
        finally
        {
            done.SetResult();
        }
    }

    /// <summary>The state, loaded under the row's lock if there is none or if it went stale. Throws <c>conversation_not_found</c>.</summary>
    private ValueTask<ConversationState> CurrentAsync(CancellationToken cancellationToken)
    {
        if (_state is { } state && !_appender!.IsFenced)
        {
            return new ValueTask<ConversationState>(state);
        }

        _loading ??= LoadAsync();
        return new ValueTask<ConversationState>(_loading.WaitAsync(cancellationToken));
    }

    private async Task<ConversationState> LoadAsync()
    {
        try
        {
            // Never answered within the caller's own turn, so that _loading is set before it is cleared.
            await Task.Yield();
            var record = await store.LoadAsync(this.GetPrimaryKeyString(), CancellationToken.None).Translated()
                ?? throw ChatException.NotFound(ErrorCodes.ConversationNotFound, "There is no such conversation.");
            var state = new ConversationState(record);
            Open(state);
            _outbox!.LookInStore();
            return state;
        }
        catch (ChatException)
        {
            if (_state is null)
            {
                DeactivateOnIdle();
            }

            throw;
        }
        finally
        {
            _loading = null;
        }
    }

    private void Open(ConversationState state)
    {
        _state = state;
        _lastSeq = state.Record.LastSeq;
        _appender = journal.Open(state.Record.ConversationId, state.Record.LastSeq, state.Record.LastActivityAt);
    }

    /// <summary>After the commit: the grain's own state, the sockets, the outbox.</summary>
    private void Announce(ConversationState state, MessageDraft[] drafts, AppendedMessage[] appended)
    {
        var changes = new List<(MemberDraft Member, long Seq)>();
        for (var i = 0; i < appended.Length; i++)
        {
            if (drafts[i].Member is { } member && appended[i].Message is { } system)
            {
                changes.Add((member, system.Seq));
            }
        }

        if (changes.Count > 0)
        {
            _state = state.With(MembershipRules.Apply(state.Record.Members, changes));
        }

        // Whoever leaves still hears of it; whoever joins hears of it first.
        var recipients = changes.Count == 0 ? state.MemberIds : [.. state.MemberIds.Union(_state!.MemberIds)];
        for (var i = 0; i < appended.Length; i++)
        {
            if (appended[i] is { Message: { } message, Outbox: { } outbox })
            {
                _lastSeq = Math.Max(_lastSeq, message.Seq);
                fanOut.Publish(new LiveEvent
                {
                    Type = EventTypes.MessageCreated,
                    ConversationId = message.ConversationId,
                    Seq = message.Seq,
                    Timestamp = message.CreatedAt,
                    Data = outbox.Payload,
                    Recipients = recipients,
                });
                if (drafts[i].Member is { } member)
                {
                    Publish(
                        member.EventType,
                        ConversationEvents.Member(message.ConversationId, member.UserId, message),
                        recipients,
                        removed: member.Joins ? null : member.UserId);
                }

                _outbox!.Enqueue(message, outbox);
            }
        }
    }

    private void Publish(string type, ReadOnlyMemory<byte> data, IReadOnlyList<string> recipients, string? except = null, string? removed = null) =>
        fanOut.Publish(new LiveEvent
        {
            Type = type,
            ConversationId = this.GetPrimaryKeyString(),
            Timestamp = Now(),
            Data = data,
            Recipients = recipients,
            Except = except,
            RemovedUserId = removed,
        });

    private DateTimeOffset Now() => time.GetUtcNow();
}
