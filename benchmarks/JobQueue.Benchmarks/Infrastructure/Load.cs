namespace JobQueue.Benchmarks.Infrastructure;

/// <summary>Ways to enqueue many jobs.</summary>
internal static class Load
{
    /// <summary>How many jobs a call is given in bulk; the library makes calls to Redis of its own size of them.</summary>
    public const int BulkSize = 10_000;

    public static async Task BulkAsync(IJobQueue jobs, int count, BenchArgs? args = null)
    {
        for (var left = count; left > 0; left -= BulkSize)
        {
            await jobs.EnqueueManyAsync(Enumerable.Range(0, Math.Min(left, BulkSize)).Select(_ => JobRequest.Create(BenchArgs.Handler, args ?? BenchArgs.Usual)));
        }
    }

    public static async Task OneByOneAsync(IJobQueue jobs, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await jobs.EnqueueAsync(BenchArgs.Handler, BenchArgs.Usual);
        }
    }

    public static Task ConcurrentlyAsync(IJobQueue jobs, int count, int callers)
        => Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(() => OneByOneAsync(jobs, count / callers))));
}
