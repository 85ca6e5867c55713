namespace JobQueue.ChaosWorker;

/// <summary>The handlers that scenarios run. Each notes its start, its end, and that its token has fired.</summary>
public sealed class ChaosHandlers(AuditLists audit, WorkerSettings settings)
{
    /// <summary>Works for so many milliseconds.</summary>
    public const string Work = "work";

    /// <summary>Runs until the gate of that name is open, or its token fires.</summary>
    public const string Gated = "gated";

    /// <summary>Ends its process as a failure in native code does: nothing of it runs any more.</summary>
    public const string FailFast = "fail_fast";

    /// <summary>Fails in so many attempts, and then succeeds.</summary>
    public const string FailFirst = "fail_first";

    /// <summary>Notes how much memory its process uses.</summary>
    public const string Measure = "measure";

    /// <summary>Fails the first time.</summary>
    public const string FailOnce = "fail_once";

    /// <summary>Blocks a thread of the pool until the gate of that name is open.</summary>
    public const string Block = "block";

    /// <summary>Blocks a thread of its own until the gate of that name is open.</summary>
    public const string BlockOwn = "block_own";

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);

    /// <summary>Seldom enough for a thousand threads to be no load.</summary>
    private static readonly TimeSpan LookBlocked = TimeSpan.FromMilliseconds(200);

    public void AddTo(JobQueueBuilder jobs) => jobs
        .AddJobHandler<int>(Work, (milliseconds, job, token) => RunAsync(job, () => milliseconds == 0 ? Task.CompletedTask : Task.Delay(milliseconds, token)))
        .AddJobHandler<string>(Gated, (gate, job, token) => RunAsync(job, () => WaitAsync(gate, token)))
        .AddJobHandler<int>(FailFast, (_, job, _) => RunAsync(job, static () =>
        {
            Environment.FailFast("This job kills its process.");
            return Task.CompletedTask;
        }))
        .AddJobHandler<int>(FailFirst, (failures, job, _) => RunAsync(
            job, () => job.Attempt > failures ? Task.CompletedTask : throw new InvalidOperationException("This attempt is to fail.")))
        .AddJobHandler<int>(Measure, (_, job, _) => RunAsync(job, audit.MeasureAsync))
        .AddJobHandler<int>(FailOnce, (_, job, _) => RunAsync(job, () => job.Attempt > 1 ? Task.CompletedTask : throw new InvalidOperationException("This job fails the first time.")))
        .AddJobHandler<string>(Block, (gate, job, _) => BlockAsync(gate, job))
        .AddJobHandler<string>(BlockOwn, (gate, job, _) => BlockAsync(gate, job), static o => o.RunsSynchronously = true);

    private async Task RunAsync(JobContext job, Func<Task> work)
    {
        await audit.NoteAsync(AuditLists.Started, job);
        try
        {
            await work();
        }
        catch (OperationCanceledException)
        {
            await audit.NoteAsync(AuditLists.Fired, job);
            throw;
        }

        await audit.NoteAsync(AuditLists.Completed, job);
    }

    private async Task WaitAsync(string gate, CancellationToken token)
    {
        while (!IsOpen(gate))
        {
            await Task.Delay(Look, token);
        }
    }

    private Task BlockAsync(string gate, JobContext job)
    {
        audit.Send(AuditLists.Started, job);
        while (!IsOpen(gate))
        {
            Thread.Sleep(LookBlocked);
        }

        audit.Send(AuditLists.Completed, job);
        return Task.CompletedTask;
    }

    private bool IsOpen(string gate) => File.Exists(Path.Combine(settings.Gates, gate));
}
