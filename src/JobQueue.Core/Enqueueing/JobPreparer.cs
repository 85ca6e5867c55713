using System.Globalization;
using System.Text.Json;
using JobQueue.Diagnostics;
using JobQueue.Handlers;
using JobQueue.Redis;
using Microsoft.Extensions.Options;

namespace JobQueue.Enqueueing;

/// <summary>Turns what a caller asked for into a record, and refuses at the door what could not run. Safe to use from any thread.</summary>
internal sealed class JobPreparer(IOptions<JobQueueOptions> options, HandlerRegistry handlers, TimeProvider time)
{
    public const int MaxRetriesCeiling = 100;
    public static readonly TimeSpan TimeoutFloor = TimeSpan.FromMilliseconds(1);
    public static readonly TimeSpan TimeoutCeiling = TimeSpan.FromHours(24);

    /// <summary>The first instant that is too late for a schedule.</summary>
    private static readonly DateTimeOffset EndOfTime = new(9999, 12, 31, 23, 59, 59, 999, TimeSpan.Zero);

    private readonly JobQueueOptions _options = options.Value;

    public (JobId Id, EnqueueItem Item) Prepare(string name, Type argsType, object? args, EnqueueOptions job)
        => Names.IsValid(name) ? Prepare(name, job, source: null, argsType, args) : throw Errors.InvalidHandlerName(name);

    /// <summary>A new job that does again what a finished one did: its settings, unless the caller sets others, and its arguments' bytes.</summary>
    public (JobId Id, EnqueueItem Item) PrepareCopy(JobRecord source, Action<EnqueueOptions>? configure)
    {
        var job = new EnqueueOptions
        {
            Queue = source.Queue,
            Priority = source.Priority,
            MaxRetries = source.MaxRetries,
            Timeout = source.TimeoutMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
        };
        configure?.Invoke(job);
        return Prepare(source.Name, job, source, typeof(object), args: null);
    }

    private (JobId Id, EnqueueItem Item) Prepare(string name, EnqueueOptions job, JobRecord? source, Type argsType, object? args)
    {
        var registration = handlers.Find(name);
        var now = time.GetUtcNow();
        var (due, scheduledAt) = ReadDue(job, now);
        Check(job);
        var record = new JobRecord
        {
            Id = ChooseId(job, now),
            Name = name,
            Queue = CheckQueue(job.Queue ?? registration?.Options.Queue ?? JobRecord.DefaultQueue),
            Priority = job.Priority ?? registration?.Options.Priority ?? JobPriority.Normal,
            Args = source?.Args ?? Serialise(name, argsType, args),
            CreatedAt = now.ToUnixTimeMilliseconds(),
            ScheduledAt = scheduledAt,
            MaxRetries = job.MaxRetries,
            TimeoutMs = (long?)job.Timeout?.TotalMilliseconds,
            UserId = source?.UserId,
            Tags = source?.Tags,
            CopiedFrom = source?.Id,
        };
        return (record.Id, new EnqueueItem(record.Id.ToString(), record.Line, due, JobRecordWriter.Write(record)));
    }

    private static (string Due, long? ScheduledAt) ReadDue(EnqueueOptions job, DateTimeOffset now)
    {
        if (job is { Delay: not null, ScheduledAt: not null })
        {
            throw Errors.DelayAndScheduledAt();
        }

        if (job.Delay is { } delay)
        {
            if (delay < TimeSpan.Zero || delay >= EndOfTime - now)
            {
                throw Errors.DelayOutOfRange(delay);
            }

            var ms = (long)Math.Ceiling(delay.TotalMilliseconds);
            return ms == 0 ? ("", null) : (string.Create(CultureInfo.InvariantCulture, $"+{ms}"), now.ToUnixTimeMilliseconds() + ms);
        }

        if (job.ScheduledAt is { } at)
        {
            if (at >= EndOfTime)
            {
                throw Errors.ScheduledTooLate(at);
            }

            var ms = at.ToUnixTimeMilliseconds();
            return (ms.ToString(CultureInfo.InvariantCulture), ms);
        }

        return ("", null);
    }

    private static void Check(EnqueueOptions job)
    {
        if (job.MaxRetries is < 0 or > MaxRetriesCeiling)
        {
            throw Errors.MaxRetriesOutOfRange(job.MaxRetries.Value);
        }

        if (job.Timeout is { } timeout && (timeout < TimeoutFloor || timeout > TimeoutCeiling))
        {
            throw Errors.TimeoutOutOfRange(timeout);
        }

        if (job.Priority is { } priority && !JobPriorities.IsDefined(priority))
        {
            throw Errors.PriorityUndefined(priority);
        }
    }

    private static JobId ChooseId(EnqueueOptions job, DateTimeOffset now)
    {
        if (job.Id is not { } id)
        {
            return JobId.New(now);
        }

        return id is { IsEmpty: false, Shard: 0 } ? id : throw Errors.IdOnUnknownShard(id);
    }

    private static string CheckQueue(string queue) => Names.IsValid(queue) ? queue : throw Errors.InvalidQueueName(queue);

    /// <summary>Writes arguments as JSON; refuses what does not serialise or is too large.</summary>
    public byte[] Serialise(string name, Type argsType, object? args)
    {
        if (args is null)
        {
            return "{}"u8.ToArray();
        }

        byte[] bytes;
        try
        {
            bytes = JsonSerializer.SerializeToUtf8Bytes(args, _options.SerializerOptions.GetTypeInfo(argsType));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A serialiser runs the caller's own converters and properties, so anything may come out of it.
            throw Errors.ArgsNotSerialisable(name, argsType, e);
        }

        return bytes.Length <= _options.MaxPayloadBytes ? bytes : throw Errors.ArgsTooLarge(name, bytes.Length, _options.MaxPayloadBytes);
    }
}
