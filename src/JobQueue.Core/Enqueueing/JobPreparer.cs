using System.Collections.ObjectModel;
using System.Globalization;
using JobQueue.Diagnostics;
using JobQueue.Handlers;
using JobQueue.Redis;
using Microsoft.Extensions.Options;

namespace JobQueue.Enqueueing;

/// <summary>Turns what a caller asked for into a record, and refuses at the door what could not run. Safe to use from any thread.</summary>
internal sealed class JobPreparer(IOptions<JobQueueOptions> options, HandlerRegistry handlers, TimeProvider time)
{
    private readonly JobQueueOptions _options = options.Value;
    private readonly ArgsWriter _args = new(options.Value);
    private readonly ShardChooser _shards = new(options.Value.Shards);

    /// <summary>What a new job that does again what a finished one did is asked for: the same settings, unless the caller sets others.</summary>
    public static EnqueueOptions OptionsOfCopy(JobRecord source)
    {
        var job = new EnqueueOptions
        {
            Queue = source.Queue,
            Priority = source.Priority,
            MaxRetries = source.MaxRetries,
            Timeout = source.TimeoutMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
            ExpiresAfter = source.ExpiresAfterMs is { } expires ? TimeSpan.FromMilliseconds(expires) : null,
            UserId = source.UserId,
        };
        foreach (var tag in source.Tags ?? [])
        {
            job.Tags.Add(tag);
        }

        foreach (var (key, value) in source.Headers ?? ReadOnlyDictionary<string, string>.Empty)
        {
            job.Headers[key] = value;
        }

        return job;
    }

    /// <param name="name">The handler.</param>
    /// <param name="argsType">The type to write the arguments as.</param>
    /// <param name="args">The arguments.</param>
    /// <param name="job">The job's own settings.</param>
    /// <param name="source">The job that this one copies; its arguments' bytes are used.</param>
    public EnqueueItem Prepare(string name, Type argsType, object? args, EnqueueOptions job, JobRecord? source)
    {
        if (!Names.IsValid(name))
        {
            throw Errors.InvalidHandlerName(name);
        }

        return source is not null
            ? Prepare(name, source.Args, job, source.Id, origin: null)
            : _args.Write(name, argsType, args, (Preparer: this, name, job), static (bytes, call) => call.Preparer.Prepare(call.name, bytes, call.job, copiedFrom: null, origin: null));
    }

    /// <param name="name">The handler.</param>
    /// <param name="args">The arguments, as they are to be stored.</param>
    /// <param name="job">The job's own settings.</param>
    /// <param name="copiedFrom">The job that this one copies.</param>
    /// <param name="origin">The recurring job and its occurrence that this one is for.</param>
    public EnqueueItem Prepare(string name, ReadOnlyMemory<byte> args, EnqueueOptions job, JobId? copiedFrom, (string Name, long? Occurrence)? origin)
    {
        var registration = handlers.Find(name);
        var now = time.GetUtcNow();
        var (due, scheduledAt) = ReadDue(job, now);
        EnqueueRules.Check(job, now, scheduledAt);
        var (traceParent, traceState) = TraceContext.OfCaller();
        var record = new JobRecord
        {
            Id = ChooseId(job, copiedFrom, now),
            Name = name,
            Queue = ChooseQueue(name, job.Queue, registration?.Options),
            Priority = job.Priority ?? registration?.Options.Priority ?? JobPriority.Normal,
            Args = args,
            CreatedAt = now.ToUnixTimeMilliseconds(),
            ScheduledAt = scheduledAt,
            MaxRetries = job.MaxRetries,
            TimeoutMs = (long?)job.Timeout?.TotalMilliseconds,
            ExpiresAfterMs = (long?)job.ExpiresAfter?.TotalMilliseconds,
            Deadline = job.Deadline?.ToUnixTimeMilliseconds(),
            UserId = job.UserId,
            Tags = job.TagsIfAny is { } tags ? [.. tags] : null,
            Headers = job.HeadersIfAny,
            TraceParent = traceParent,
            TraceState = traceState,
            Recurring = origin?.Name,
            Occurrence = origin?.Occurrence,
            RequestHash = job.RequestHash,
            CopiedFrom = copiedFrom,
        };
        return new(record.Id, name, record.Queue, record.Line, due, JobRecordWriter.Write(record));
    }

    private static (string Due, long? ScheduledAt) ReadDue(EnqueueOptions job, DateTimeOffset now)
    {
        if (job is { Delay: not null, ScheduledAt: not null })
        {
            throw Errors.DelayAndScheduledAt();
        }

        if (job.Delay is { } delay)
        {
            if (delay < TimeSpan.Zero || delay >= EnqueueRules.EndOfTime - now)
            {
                throw Errors.DelayOutOfRange(delay);
            }

            var ms = (long)Math.Ceiling(delay.TotalMilliseconds);
            return ms == 0 ? ("", null) : (string.Create(CultureInfo.InvariantCulture, $"+{ms}"), now.ToUnixTimeMilliseconds() + ms);
        }

        if (job.ScheduledAt is { } at)
        {
            if (at >= EnqueueRules.EndOfTime)
            {
                throw Errors.ScheduledTooLate(at);
            }

            var ms = at.ToUnixTimeMilliseconds();
            return (ms.ToString(CultureInfo.InvariantCulture), ms);
        }

        return ("", null);
    }

    private JobId ChooseId(EnqueueOptions job, JobId? copiedFrom, DateTimeOffset now)
    {
        byte? chosen = job.PartitionKey is { } key ? _shards.OfKey(key) : null;
        if (job.Id is not { } id)
        {
            return JobId.New(now, chosen ?? copiedFrom?.Shard ?? _shards.Next()); // A copy stays with the others of its partition.
        }

        return id.IsEmpty || id.Shard >= _options.Shards ? throw Errors.IdOnUnknownShard(id, _options.Shards)
            : chosen is { } shard ? id.OnShard(shard)
            : id;
    }

    /// <summary>Where a job would wait; not checked yet.</summary>
    public string FindQueue(string name, EnqueueOptions job) => job.Queue ?? handlers.Find(name)?.Options.Queue ?? JobRecord.DefaultQueue;

    private static string ChooseQueue(string name, string? chosen, JobHandlerOptions? handler)
    {
        var queue = chosen ?? handler?.Queue ?? JobRecord.DefaultQueue;
        if (!Names.IsValid(queue))
        {
            throw Errors.InvalidQueueName(queue);
        }

        return handler is not { ConcurrencyLimit: not null, Queue: { } own } || string.Equals(queue, own, StringComparison.Ordinal)
            ? queue
            : throw Errors.LimitedElsewhere(name, queue, own);
    }

    /// <summary>Writes arguments as JSON; refuses what does not serialise or is too large.</summary>
    public byte[] Serialise(string name, Type argsType, object? args) => _args.Write(name, argsType, args, state: 0, static (bytes, _) => bytes.ToArray());
}
