namespace JobQueue.Redis;

/// <summary>A list of finished jobs, and how much of it is kept.</summary>
internal readonly record struct FinishedList(string Name, int MaxCount, TimeSpan MaxAge, long MaxBytes)
{
    public static FinishedList Completed(JobRetention retention)
        => new("completed", retention.CompletedCount, retention.CompletedAge, retention.CompletedBytes);

    public static FinishedList Cancelled(JobRetention retention)
        => new("cancelled", retention.CancelledCount, retention.CancelledAge, retention.CancelledBytes);
}

/// <summary>Runs trim.lua.</summary>
internal static class TrimScript
{
    /// <summary>Most entries that a call looks at.</summary>
    public const int MaxLimit = 500;

    public static async Task<(int Removed, bool More)> RunAsync(RedisShard shard, FinishedList list, int limit, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard
            .EvaluateAsync(
                RedisScripts.Trim, [list.Name, list.MaxCount, (long)list.MaxAge.TotalMilliseconds, list.MaxBytes, limit], cancellationToken)
            .ConfigureAwait(false));
        return ((int)Reply.Int(reply[1]), Reply.Int(reply[2]) == 1);
    }
}

/// <param name="Removed">How many were removed.</param>
/// <param name="PassedOver">How many had to stay, because they are referenced.</param>
/// <param name="More">Whether there may be more to remove.</param>
/// <param name="Count">The dead letters that are left.</param>
internal readonly record struct DeadTrimmed(int Removed, int PassedOver, bool More, long Count);

/// <summary>Runs trim_dead.lua.</summary>
internal static class TrimDeadScript
{
    /// <summary>Most dead letters that a call looks at.</summary>
    public const int MaxLimit = 500;

    /// <param name="shard">The shard.</param>
    /// <param name="maxCount">How many are kept.</param>
    /// <param name="maxAge">How long one is kept.</param>
    /// <param name="limit">Most dead letters to look at.</param>
    /// <param name="offset">How many of the oldest to pass over: those that earlier calls had to leave.</param>
    /// <param name="cancellationToken">Ends the wait; the call may still be carried out.</param>
    public static async Task<DeadTrimmed> RunAsync(
        RedisShard shard, int maxCount, TimeSpan maxAge, int limit, int offset, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard
            .EvaluateAsync(RedisScripts.TrimDead, [maxCount, (long)maxAge.TotalMilliseconds, limit, offset], cancellationToken)
            .ConfigureAwait(false));
        return new DeadTrimmed((int)Reply.Int(reply[1]), (int)Reply.Int(reply[2]), Reply.Int(reply[3]) == 1, Reply.Int(reply[4]));
    }
}
