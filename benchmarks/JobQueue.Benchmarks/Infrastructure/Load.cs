using System.Globalization;

namespace JobQueue.Benchmarks.Infrastructure;

/// <summary>Ways to enqueue many jobs.</summary>
internal static class Load
{
    /// <summary>How many jobs a call is given in bulk; the library makes calls to Redis of its own size of them.</summary>
    public const int BulkSize = 10_000;

    public static async Task BulkAsync(IJobQueue jobs, int count, BenchArgs? args = null, int queues = 0, Action<EnqueueOptions>? configure = null)
    {
        for (var done = 0; done < count; done += BulkSize)
        {
            await jobs.EnqueueManyAsync(Enumerable.Range(done, Math.Min(count - done, BulkSize)).Select(number =>
            {
                var job = JobRequest.Create(BenchArgs.Handler, args ?? BenchArgs.Usual);
                if (queues > 0)
                {
                    job.Options.Queue = Queue(number % queues);
                }

                configure?.Invoke(job.Options);
                return job;
            }));
        }
    }

    /// <summary>The name of one of many queues.</summary>
    public static string Queue(int number) => string.Create(CultureInfo.InvariantCulture, $"queue-{number}");

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
