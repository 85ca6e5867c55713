namespace JobQueue.Workers;

/// <summary>Counts the jobs that this process has completed on a shard, for who looks after them. Safe to use from any thread.</summary>
internal sealed class CompletedCount
{
    private readonly Lock _gate = new();
    private Action _reached = static () => { };
    private long _step = long.MaxValue;
    private long _value;

    /// <summary>From now on somebody is called each time that so many more have completed; one at most.</summary>
    public void OnEach(int step, Action reached)
    {
        lock (_gate)
        {
            (_step, _reached) = (step, reached);
        }
    }

    public void Add(int jobs)
    {
        var value = Interlocked.Add(ref _value, jobs);
        Action reached;
        lock (_gate)
        {
            if (value / _step == (value - jobs) / _step)
            {
                return;
            }

            reached = _reached;
        }

        reached();
    }
}
