namespace JobQueue;

/// <summary>What a handler may know about the attempt it is running.</summary>
/// <remarks>Valid while the handler runs. Safe to use from any thread.</remarks>
public sealed class JobContext
{
    internal JobContext(JobRecord record, int attempt, int maxRetries, DateTimeOffset startedAt, IServiceProvider services)
    {
        Id = record.Id;
        Name = record.Name;
        Queue = record.Queue;
        Priority = record.Priority;
        EnqueuedAt = DateTimeOffset.FromUnixTimeMilliseconds(record.CreatedAt);
        Attempt = attempt;
        MaxRetries = maxRetries;
        StartedAt = startedAt;
        Services = services;
    }

    /// <summary>The job's id.</summary>
    public JobId Id { get; }

    /// <summary>The handler's name.</summary>
    public string Name { get; }

    /// <summary>The queue the job was taken from.</summary>
    public string Queue { get; }

    /// <summary>The job's priority.</summary>
    public JobPriority Priority { get; }

    /// <summary>Which attempt of this round it is, from 1.</summary>
    public int Attempt { get; }

    /// <summary>Retries allowed in a round: an attempt above this number is the last.</summary>
    public int MaxRetries { get; }

    /// <summary>When the job was enqueued, by the clock of the process that enqueued it.</summary>
    public DateTimeOffset EnqueuedAt { get; }

    /// <summary>When this attempt began, by this process's clock.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>The services of this attempt: a scope that is disposed when the handler has ended.</summary>
    public IServiceProvider Services { get; }
}
