using JobQueue.AspNetCore.Http;

namespace JobQueue.AspNetCore.JobService;

/// <summary>A job as this contract writes it. Times of clocks are UTC, spans are seconds.</summary>
internal sealed record JobShape
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required RawJson Args { get; init; }
    public required string Status { get; init; }
    public required string Priority { get; init; }
    public required string Queue { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ScheduledAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }
    public string? Error { get; init; }
    public RawJson Result { get; init; }
    public int RetryCount { get; init; }
    public int? MaxRetries { get; init; }
    public double? Timeout { get; init; }
    public string? UserId { get; init; }
    public double? Progress { get; init; }
    public string? WorkerId { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];
    public IReadOnlyList<AttemptShape> Attempts { get; init; } = [];

    public static async ValueTask<JobShape> OfAsync(Job job, ApiServices api, CancellationToken cancellationToken)
    {
        var handler = job.MaxRetries is null || job.Timeout is null
            ? (await api.Handlers.ReadAsync(cancellationToken).ConfigureAwait(false)).GetValueOrDefault(job.Name)
            : null;
        return new JobShape
        {
            Id = job.Id.ToString(),
            Name = job.Name,
            Args = api.Redactor.Args(job),
            Status = Words.OfState(job.State),
            Priority = Words.OfPriority(job.Priority),
            Queue = job.Queue,
            CreatedAt = job.CreatedAt,
            ScheduledAt = job.State == JobState.Retrying ? job.NextRetryAt : job.ScheduledAt,
            StartedAt = job.StartedAt,
            CompletedAt = job.FinishedAt,
            Error = api.Redactor.Error(job, job.Error),
            Result = api.Redactor.Result(job),
            RetryCount = job.RetryCount,
            MaxRetries = job.MaxRetries ?? handler?.MaxRetries,
            Timeout = (job.Timeout ?? handler?.Timeout)?.TotalSeconds,
            UserId = job.UserId,
            Progress = job.Progress?.Fraction,
            WorkerId = job.WorkerId,
            Tags = job.Tags,
            Attempts = [.. job.Attempts.Select(attempt => AttemptShape.Of(job, attempt, api.Redactor))],
        };
    }
}

/// <summary>One run of a job's handler.</summary>
internal sealed record AttemptShape(
    int AttemptNumber, DateTimeOffset StartedAt, DateTimeOffset EndedAt, string WorkerId, string? ErrorType, string? Error, string? StackTrace, DateTimeOffset? NextRetryAt)
{
    public static AttemptShape Of(Job job, JobAttempt attempt, Redactor redactor) => new(
        attempt.Number,
        attempt.StartedAt,
        attempt.EndedAt,
        attempt.WorkerId,
        attempt.ErrorType,
        redactor.Error(job, attempt.ErrorMessage),
        redactor.Error(job, attempt.StackTrace),
        attempt.NextRetryAt);
}
