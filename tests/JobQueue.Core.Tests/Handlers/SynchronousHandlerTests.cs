using System.Collections.Concurrent;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.Handlers;

/// <summary>Handlers that block their thread.</summary>
public sealed class SynchronousHandlerTests(TestServer server) : StoreTest(server)
{
    private readonly ConcurrentQueue<(int Thread, bool IsPool, string? Name)> _threads = new();
    private readonly ManualResetEventSlim _go = new();

    [Fact]
    public async Task They_block_no_thread_of_the_pool_and_no_more_threads_than_slots_are_made()
    {
        await using var host = await StartAsync();
        await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, 40).Select(static number => new JobRequest("block", number)));
        await Eventually.HoldsAsync(() => _threads.Count == 4, "each slot runs one");

        _go.Set();
        await Eventually.HoldsAsync(async () => (await host.Monitor.GetCountsAsync()).Completed == 40, "all complete");

        _threads.Should().HaveCount(40).And.OnlyContain(static thread => !thread.IsPool && thread.Name == "JobQueue handler");
        _threads.Select(static thread => thread.Thread).Distinct().Should().HaveCountLessThanOrEqualTo(4);
    }

    [Fact]
    public async Task What_they_return_and_throw_is_reported_as_of_any_other()
    {
        _go.Set();
        await using var host = await StartAsync();

        var good = await host.Jobs.EnqueueAsync("block", 7);
        var bad = await host.Jobs.EnqueueAsync("block", -1, static o => o.MaxRetries = 0);

        (await host.Jobs.WaitForResultAsync<int>(good, TimeSpan.FromSeconds(30))).Should().Be(14);
        var wait = () => host.Jobs.WaitForResultAsync<int>(bad, TimeSpan.FromSeconds(30));
        (await wait.Should().ThrowAsync<JobFailedException>()).Which.Job.Attempts.Should().ContainSingle()
            .Which.ErrorType.Should().Be(typeof(InvalidDataException).FullName);
    }

    private Task<TestHost> StartAsync() => TestHost.StartAsync(Server, jobs => jobs.AddJobHandler("block", new JobHandlerOptions { RunsSynchronously = true }, Block));

    private Task Block(JobContext job)
    {
        _threads.Enqueue((Environment.CurrentManagedThreadId, Thread.CurrentThread.IsThreadPoolThread, Thread.CurrentThread.Name));
        _go.Wait(job.CancellationToken);
        var number = job.ReadArgs<int>();
        job.SetResult(number >= 0 ? number * 2 : throw new InvalidDataException("negative"));
        return Task.CompletedTask;
    }
}
