namespace JobQueue.Workers;

/// <summary>How many jobs this process has completed on a shard since it started. Safe to use from any thread.</summary>
internal sealed class CompletedCount
{
    private long _value;

    public long Value => Interlocked.Read(ref _value);

    public void Add(int jobs) => Interlocked.Add(ref _value, jobs);
}
