using System.Globalization;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>A bulk enqueue of several pages whose Redis goes away between them.</summary>
public sealed class BulkEnqueueTests(TestServer server) : StoreTest(server)
{
    private const int Page = 500;
    private const int OnTheirWay = 2 * Page;
    private const int Jobs = 1_700;

    [Fact]
    public async Task Pages_that_are_not_answered_are_named_with_all_that_follow_and_none_of_these_is_sent()
    {
        await using var proxy = FaultProxy.Before(Server.EndPointOf(Store.Root));
        await using var client = await StartAsync(proxy);
        await client.Jobs.EnqueueAsync("job", 0);
        proxy.HalfOpen();

        var error = (await EnqueueManyAsync(client).Should().ThrowAsync<JobQueueUnavailableException>()).Which;

        error.JobIds.Should().HaveCount(Jobs).And.OnlyHaveUniqueItems();
        error.MayHaveBeenEnqueued.Should().BeTrue();
        error.Message.Should().Contain("0 jobs were stored").And.Contain(string.Create(CultureInfo.InvariantCulture, $"the first {OnTheirWay:N0} of them"));
        await Eventually.HoldsAsync(() => StoresAsync(client), "a later call gets through, and so would all before it");
        RedisKey[] behind = [.. error.JobIds.Skip(OnTheirWay).Select(id => Store.Key("job:" + id))];
        (await Store.Database.StringGetAsync(behind)).Should().OnlyContain(static record => record.IsNull, "no page is sent behind one that failed");
    }

    [Fact]
    public async Task A_lost_reply_in_the_middle_of_a_bulk_enqueue_is_asked_for_again_and_every_job_is_stored_once()
    {
        await using var proxy = FaultProxy.Before(Server.EndPointOf(Store.Root));
        await using var client = await StartAsync(proxy);
        await client.Jobs.EnqueueAsync("job", 0);
        proxy.Set(FaultKind.LoseReply, RedisScripts.Enqueue.Hash);

        var ids = await EnqueueManyAsync(client)();

        ids.Should().HaveCount(Jobs);
        (await client.Monitor.GetCountsAsync()).Pending.Should().Be(Jobs + 1);
        (await Store.VerifyAsync()).Violations.Should().BeEmpty();
    }

    [Fact]
    public async Task Pages_of_one_call_are_stored_in_their_order_while_others_enqueue()
    {
        await using var client = await TestHost.StartAsync(Server, static _ => { }, o => (o.KeyPrefix, o.RunWorkers) = (Store.Prefix, false));
        var others = Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (var number = 0; number < 50; number++)
            {
                await client.Jobs.EnqueueAsync("job", number, static o => o.Queue = "others");
            }
        }));

        for (var call = 0; call < 3; call++)
        {
            var ids = await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, 10 * Page).Select(static number => new JobRequest("job", number)));
            var stored = await Store.Database.ListRangeAsync(Store.Key("queue:default:normal"), 0, ids.Count - 1);
            stored.Reverse().Select(static id => JobId.Parse(id!)).Should().Equal(ids, "the last one is at the left");
        }

        await others;
    }

    [Fact]
    public async Task Jobs_that_exist_in_several_pages_are_named_and_all_others_are_stored()
    {
        await using var client = await TestHost.StartAsync(Server, static _ => { }, o => (o.KeyPrefix, o.RunWorkers) = (Store.Prefix, false));
        int[] known = [3, 499, 500, 1_200];
        foreach (var number in known)
        {
            await client.Jobs.EnqueueAsync("job", number, o => o.Id = JobId.FromKey($"job {number}"));
        }

        var error = (await EnqueueManyAsync(client, static number => JobId.FromKey($"job {number}")).Should().ThrowAsync<DuplicateJobException>()).Which;

        error.JobIds.Should().Equal(known.Select(static number => JobId.FromKey($"job {number}")));
        (await client.Monitor.GetCountsAsync()).Pending.Should().Be(Jobs);
    }

    private static async Task<bool> StoresAsync(TestHost client)
    {
        try
        {
            await client.Jobs.EnqueueAsync("job", 0);
            return true;
        }
        catch (JobQueueUnavailableException)
        {
            return false;
        }
    }

    private Task<TestHost> StartAsync(FaultProxy proxy) => TestHost.StartAsync(
        Server,
        static _ => { },
        o => (o.ConnectionString, o.KeyPrefix, o.RunWorkers, o.CallTimeout) = (Server.At(proxy.EndPoint), Store.Prefix, false, TimeSpan.FromSeconds(1)));

    private static Func<Task<IReadOnlyList<JobId>>> EnqueueManyAsync(TestHost client, Func<int, JobId>? id = null) => () => client.Jobs.EnqueueManyAsync(
        Enumerable.Range(0, Jobs).Select(number =>
        {
            var job = new JobRequest("job", number);
            job.Options.Id = id?.Invoke(number);
            return job;
        }));
}
