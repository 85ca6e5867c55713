namespace JobQueue.Chaos.Tests.Infrastructure;

/// <summary>What the store says and what the handlers noted, of the jobs of a scenario.</summary>
internal sealed class Account
{
    private const int Page = 500;

    private readonly HashSet<JobId> _enqueued;

    private Account(IReadOnlyCollection<JobId> enqueued) => _enqueued = [.. enqueued];

    public required JobCounts Counts { get; init; }

    /// <summary>Every job that the store has as completed.</summary>
    public required IReadOnlyList<Job> CompletedJobs { get; init; }

    /// <summary>Every job that the store has as a dead letter.</summary>
    public required IReadOnlyList<Job> DeadJobs { get; init; }

    public required IReadOnlyList<AuditNote> Starts { get; init; }

    public required IReadOnlyList<AuditNote> Completions { get; init; }

    public required IReadOnlyList<AuditNote> Fired { get; init; }

    public IEnumerable<JobId> Completed => CompletedJobs.Select(static job => job.Id);

    public IEnumerable<JobId> Dead => DeadJobs.Select(static job => job.Id);

    public IReadOnlyCollection<JobId> NotStarted => [.. _enqueued.Except(Starts.Select(static note => note.Id))];

    public IReadOnlyCollection<JobId> NotDone => [.. _enqueued.Except(Completions.Select(static note => note.Id))];

    public IReadOnlyCollection<JobId> Strangers => [.. Starts.Select(static note => note.Id).Except(_enqueued)];

    /// <summary>How often each job started that started more than once, beyond the first time.</summary>
    public IReadOnlyDictionary<JobId, int> ExtraStarts => Extra(Starts);

    /// <summary>How often the handler of each job did all its work, beyond the first time.</summary>
    public IReadOnlyDictionary<JobId, int> ExtraCompletions => Extra(Completions);

    public static async Task<Account> ReadAsync(IJobMonitor monitor, Audit audit, IReadOnlyCollection<JobId> enqueued) => new(enqueued)
    {
        Counts = await monitor.GetCountsAsync(),
        CompletedJobs = await ListAsync(monitor, JobState.Completed),
        DeadJobs = await ListAsync(monitor, JobState.Dead),
        Starts = await audit.StartsAsync(),
        Completions = await audit.CompletionsAsync(),
        Fired = await audit.FiredAsync(),
    };

    public void AddTo(Figures figures) => figures
        .Add("jobs", _enqueued.Count)
        .Add("completed", CompletedJobs.Count)
        .Add("dead", DeadJobs.Count)
        .Add("starts", Starts.Count)
        .Add("started_again", ExtraStarts.Values.Sum())
        .Add("done_again", ExtraCompletions.Values.Sum())
        .Add("tokens_fired", Fired.Count)
        .Add("recovered", Counts.TotalRecovered);

    private static Dictionary<JobId, int> Extra(IEnumerable<AuditNote> notes)
        => notes.GroupBy(static note => note.Id).Where(static notes => notes.Skip(1).Any()).ToDictionary(static notes => notes.Key, static notes => notes.Count() - 1);

    private static async Task<IReadOnlyList<Job>> ListAsync(IJobMonitor monitor, JobState state)
    {
        var jobs = new List<Job>();
        string? cursor = null;
        do
        {
            var page = await monitor.ListAsync(state, Page, cursor, TestContext.Current.CancellationToken);
            jobs.AddRange(page.Jobs);
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        return jobs;
    }
}
