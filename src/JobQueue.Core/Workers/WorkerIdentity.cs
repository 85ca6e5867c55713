namespace JobQueue.Workers;

/// <summary>
/// What a pool is known by on a shard, from joining the fleet until it leaves or is declared lost; then it takes a new one.
/// </summary>
internal sealed class WorkerIdentity(string id, byte shard)
{
    private volatile bool _isLost;
    private long _lastBeat;

    /// <summary><c>&lt;name&gt;-&lt;random&gt;</c>: never used twice, so a restarted worker can't keep its predecessor's jobs leased.</summary>
    public string Id { get; } = id;

    /// <summary>The number of the shard.</summary>
    public byte Shard { get; } = shard;

    /// <summary>Redis has said that this worker is not live any more: none of its leases hold.</summary>
    public bool IsLost => _isLost;

    /// <summary>The server's time of the last beat that was answered, in ms.</summary>
    public long LastBeat
    {
        get => Volatile.Read(ref _lastBeat);
        set => Volatile.Write(ref _lastBeat, value);
    }

    public static string NewId(string name) => $"{name}-{Guid.NewGuid().ToString("N")[..12]}";

    public void DeclareLost() => _isLost = true;
}
