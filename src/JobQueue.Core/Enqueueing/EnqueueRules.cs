using JobQueue.Diagnostics;

namespace JobQueue.Enqueueing;

/// <summary>What a job's own settings may be. Broken rules are refused before anything is written.</summary>
internal static class EnqueueRules
{
    public const int MaxRetriesCeiling = 100;
    public const int MaxTags = 16;
    public const int MaxTagLength = 64;
    public const int MaxUserIdLength = 200;
    public const int MaxPartitionKeyLength = 200;
    public const int MaxHeaders = 16;
    public const int MaxHeaderNameLength = 64;
    public const int MaxHeaderValueLength = 1_024;

    public static readonly TimeSpan TimeoutFloor = TimeSpan.FromMilliseconds(1);
    public static readonly TimeSpan TimeoutCeiling = TimeSpan.FromHours(24);
    public static readonly TimeSpan ExpiryCeiling = TimeSpan.FromDays(365);

    /// <summary>The first instant that is too late for a schedule.</summary>
    public static readonly DateTimeOffset EndOfTime = new(9999, 12, 31, 23, 59, 59, 999, TimeSpan.Zero);

    /// <param name="job">The job's settings.</param>
    /// <param name="now">The caller's clock.</param>
    /// <param name="scheduledAt">When it becomes due, in ms; null for at once.</param>
    public static void Check(EnqueueOptions job, DateTimeOffset now, long? scheduledAt)
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

        if (job.ExpiresAfter is { } expires && (expires < TimeoutFloor || expires > ExpiryCeiling))
        {
            throw Errors.ExpiresAfterOutOfRange(expires);
        }

        var due = Math.Max(now.ToUnixTimeMilliseconds(), scheduledAt ?? 0);
        if (job.Deadline is { } deadline && (deadline.ToUnixTimeMilliseconds() <= due || deadline >= EndOfTime))
        {
            throw Errors.DeadlineOutOfRange(deadline, DateTimeOffset.FromUnixTimeMilliseconds(due));
        }

        CheckLabels(job);
        CheckHeaders(job.HeadersIfAny);
    }

    private static void CheckLabels(EnqueueOptions job)
    {
        if (job.UserId is { Length: > MaxUserIdLength })
        {
            throw Errors.UserIdTooLong(job.UserId.Length);
        }

        if (job.PartitionKey is { Length: 0 or > MaxPartitionKeyLength } key)
        {
            throw Errors.InvalidPartitionKey(key);
        }

        CheckTags(job.TagsIfAny);
    }

    private static void CheckTags(List<string>? tags)
    {
        if (tags is null)
        {
            return;
        }

        if (tags.Count > MaxTags)
        {
            throw Errors.TooManyTags(tags.Count);
        }

        foreach (var tag in tags)
        {
            if (string.IsNullOrWhiteSpace(tag) || tag.Length > MaxTagLength)
            {
                throw Errors.InvalidTag(tag);
            }
        }
    }

    private static void CheckHeaders(Dictionary<string, string>? headers)
    {
        if (headers is null)
        {
            return;
        }

        if (headers.Count > MaxHeaders)
        {
            throw Errors.TooManyHeaders(headers.Count);
        }

        foreach (var (name, value) in headers)
        {
            if (name.Length is 0 or > MaxHeaderNameLength || name.AsSpan().ContainsAnyInRange('\u0000', '\u001F') || name.AsSpan().ContainsAnyInRange('\u007F', '\u009F'))
            {
                throw Errors.InvalidHeaderName(name);
            }

            if (value is null or { Length: > MaxHeaderValueLength })
            {
                throw Errors.InvalidHeaderValue(name, value?.Length);
            }
        }
    }
}
