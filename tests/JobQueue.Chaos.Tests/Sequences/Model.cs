namespace JobQueue.Chaos.Tests.Sequences;

/// <summary>How a call must end.</summary>
internal enum Expected
{
    Accepted,
    Refused,

    /// <summary>
    /// The id of a job that was removed while it waited: it is taken until its entry in the list has been dropped, and when that
    /// happens is the library's affair.
    /// </summary>
    Either,
}

/// <summary>What is true of a job once nothing moves.</summary>
internal sealed class ModelJob
{
    /// <summary>Null: there is no such job.</summary>
    public JobState? State { get; set; }

    public string Queue { get; init; } = "a";

    public string Plan { get; init; } = "s";

    public int Retries { get; init; }

    public int RetryCount { get; set; }

    public bool IsReleased { get; set; }

    /// <summary>Whether its entry in a list may still be there.</summary>
    public bool WasWaiting { get; set; }

    public bool IsFinished => State is JobState.Completed or JobState.Dead or JobState.Cancelled;

    public bool WaitsForItsTime => State is JobState.Scheduled or JobState.Retrying;
}

/// <summary>
/// The states of jobs as the documentation says they move, without time, workers or keys. Faults are not in it: they must not
/// change where a job ends.
/// </summary>
internal sealed class Model
{
    private readonly Dictionary<int, ModelJob> _jobs = [];
    private readonly HashSet<string> _paused = [];

    public IReadOnlyDictionary<int, ModelJob> Jobs => _jobs;

    /// <summary>What the call of a step must answer. It is asked before <see cref="Apply"/>.</summary>
    public Expected Expects(Step step)
    {
        var job = Find(step.Job);
        return step.Verb switch
        {
            Verb.Enqueue => ExpectsRoom(job),
            Verb.Copy when !job.IsFinished => Expected.Refused,
            Verb.Copy => ExpectsRoom(Find(step.Target)),
            Verb.Cancel => Accepted(job is { State: not null, IsFinished: false }),
            Verb.Delete => Accepted(job.State is not (null or JobState.Running)),
            Verb.RunNow => Accepted(job is { State: not null, IsFinished: false }),
            Verb.RetryDead or Verb.DeleteDead => Accepted(job.State == JobState.Dead),
            _ => Expected.Accepted,
        };
    }

    /// <summary>Moves what an accepted step moves, and then whatever can run.</summary>
    public void Apply(Step step)
    {
        Move(step, Find(step.Job));
        if (step is { Verb: Verb.Restart } or { Fault: Fault.Lose })
        {
            Each(JobState.Running, static job => job.State = JobState.Pending);
        }

        RunWhatCan();
    }

    /// <summary>A call was refused, or changes nothing; a fault may have come with it.</summary>
    public void Refuse(Step step) => Apply(new Step(Verb.Nothing) { Fault = step.Fault });

    private void Move(Step step, ModelJob job)
    {
        switch (step.Verb)
        {
            case Verb.Enqueue:
                _jobs[step.Job] = new() { State = step.Later ? JobState.Scheduled : JobState.Pending, Queue = step.Queue, Plan = step.Plan, Retries = step.Retries };
                break;
            case Verb.Copy:
                _jobs[step.Target] = new() { State = JobState.Pending, Queue = job.Queue, Plan = job.Plan, Retries = job.Retries };
                break;
            case Verb.Cancel:
                End(job, JobState.Cancelled);
                break;
            case Verb.Delete or Verb.DeleteDead:
                End(job, null);
                break;
            case Verb.RunNow when job.WaitsForItsTime:
                job.State = JobState.Pending;
                break;
            case Verb.RetryDead:
                BeginRound(job);
                break;
            case Verb.RetryAllDead:
                Each(JobState.Dead, BeginRound);
                break;
            case Verb.Release:
                job.IsReleased = true;
                job.State = job.State == JobState.Running ? JobState.Completed : job.State;
                break;
            case Verb.Pause:
                _paused.Add(step.Queue);
                break;
            case Verb.Resume:
                _paused.Remove(step.Queue);
                break;
            case Verb.Purge:
                Each(JobState.Pending, waiting => End(waiting, waiting.Queue == step.Queue ? null : waiting.State));
                break;
        }
    }

    /// <summary>A worker takes what waits in a queue that is not paused, and the attempt ends as the job's plan says.</summary>
    private void RunWhatCan()
    {
        foreach (var job in _jobs.Values.Where(job => job.State == JobState.Pending && !_paused.Contains(job.Queue)))
        {
            job.State = job.Plan[Math.Min(job.RetryCount, job.Plan.Length - 1)] switch
            {
                's' => JobState.Completed,
                'h' => job.IsReleased ? JobState.Completed : JobState.Running,
                'z' => JobState.Scheduled,
                'f' when job.RetryCount++ < job.Retries => JobState.Retrying,
                _ => JobState.Dead,
            };
            job.RetryCount = Math.Min(job.RetryCount, job.Retries);
        }
    }

    private static void End(ModelJob job, JobState? state)
    {
        job.WasWaiting |= job.State == JobState.Pending && state != job.State;
        job.State = state;
    }

    private static void BeginRound(ModelJob job) => (job.State, job.RetryCount) = (JobState.Pending, 0);

    private static Expected ExpectsRoom(ModelJob job)
        => job.State is not null ? Expected.Refused : job.WasWaiting ? Expected.Either : Expected.Accepted;

    private static Expected Accepted(bool isAccepted) => isAccepted ? Expected.Accepted : Expected.Refused;

    private void Each(JobState state, Action<ModelJob> change)
    {
        foreach (var job in _jobs.Values.Where(job => job.State == state).ToList())
        {
            change(job);
        }
    }

    private ModelJob Find(int number) => _jobs.TryGetValue(number, out var job) ? job : new ModelJob();
}
