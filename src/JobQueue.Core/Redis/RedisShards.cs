namespace JobQueue.Redis;

/// <summary>
/// The shards of the store, over one connection. Their number is kept on the first and only rises: a process that is set to fewer works on all of them, and
/// one that runs when others bring more learns of it here. Safe to use from any thread.
/// </summary>
/// <param name="make">Makes a shard of a number.</param>
/// <param name="check">Opens shards.</param>
/// <param name="wanted">How many there are to be at least.</param>
/// <param name="time">The clock.</param>
internal sealed class RedisShards(Func<byte, RedisShard> make, StartUpCheck check, int wanted, TimeProvider time)
{
    /// <summary>The most shards: their numbers are a byte of an id.</summary>
    public const int Most = 256;

    /// <summary>How long an answer about their number counts.</summary>
    public static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private volatile RedisShard[] _all = [make(0)];
    private Task? _refresh;
    private long _refreshedAt;

    public RedisShard First => _all[0];

    /// <summary>Those that are known, by number.</summary>
    public RedisShard[] Known => _all;

    /// <summary>All of them; asks for their number when the last answer is old.</summary>
    public async Task<RedisShard[]> GetAllAsync(CancellationToken cancellationToken)
    {
        if (time.GetElapsedTime(Volatile.Read(ref _refreshedAt)) < RefreshInterval)
        {
            return _all;
        }

        try
        {
            await RefreshAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (JobQueueException)
        {
            // What needs the first shard fails by itself; the others go on with those that are known, so that a shard can be looked at and repaired.
        }

        return _all;
    }

    /// <summary>One of them; null when the store has none of that number.</summary>
    /// <exception cref="JobQueueUnavailableException">It is not one of those that are known, and the first shard does not say whether there are more.</exception>
    public async ValueTask<RedisShard?> FindAsync(byte number, CancellationToken cancellationToken)
    {
        if (number >= _all.Length)
        {
            await RefreshAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        var known = _all;
        return number < known.Length ? known[number] : null;
    }

    /// <summary>Asks how many there are, and opens those that are new.</summary>
    public Task RefreshAsync()
    {
        lock (_gate)
        {
            return _refresh is { IsCompleted: false } running ? running : _refresh = OpenAllAsync();
        }
    }

    private async Task OpenAllAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // Nothing below runs under the lock.
        var known = _all;
        var stored = await check.OpenAsync(First, shards: 0).ConfigureAwait(false);
        var all = known;
        if (Math.Max(stored, wanted) > known.Length)
        {
            all = new RedisShard[Math.Clamp(stored, wanted, Most)];
            for (var number = 0; number < all.Length; number++)
            {
                all[number] = number < known.Length ? known[number] : make((byte)number);
            }

            await Task.WhenAll(all[known.Length..].Select(shard => OpenAsync(shard, isNew: shard.Keys.Shard >= stored))).ConfigureAwait(false);
        }

        if (stored < all.Length)
        {
            await check.OpenAsync(First, all.Length).ConfigureAwait(false); // Last: nobody uses a shard that is not ready. Or their number was lost.
        }

        _all = all;
        Volatile.Write(ref _refreshedAt, time.GetTimestamp());
    }

    private async Task OpenAsync(RedisShard shard, bool isNew)
    {
        await check.OpenAsync(shard, shards: 0).ConfigureAwait(false);
        if (isNew)
        {
            await StartUpCheck.CopyPausesAsync(First, shard).ConfigureAwait(false);
        }
    }
}
