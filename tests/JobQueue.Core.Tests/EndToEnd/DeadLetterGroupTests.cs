using System.Collections.Concurrent;
using JobQueue.Core.Tests.Infrastructure;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>Groups of dead letters and calls for many of them, through the public API.</summary>
public sealed class DeadLetterGroupTests(TestServer server) : StoreTest(server)
{
    private const string Mail = "00000000000000aa";
    private const string Video = "00000000000000bb";

    [Fact]
    public async Task Groups_are_listed_biggest_first_with_what_their_jobs_died_of()
    {
        await Store.SeedAsync(static seed => seed
            .Dead("a", Hours(3), fingerprint: Video)
            .Dead("b", Hours(3), fingerprint: Mail).Dead("c", Hours(1), fingerprint: Mail)
            .Hash("dead:groups", Mail, """{"handler":"send_mail","error_type":"System.TimeoutException","error":"too slow"}"""));
        await using var client = await StartClientAsync();

        var groups = await client.DeadLetters.GetGroupsAsync();

        groups.Select(static group => group.Fingerprint).Should().Equal(Mail, Video);
        groups[0].Should().BeEquivalentTo(new { Handler = "send_mail", ErrorType = "System.TimeoutException", Error = "too slow", Count = 2L });
        (groups[0].LastAt - groups[0].FirstAt).Should().Be(Hours(2));
        (await client.DeadLetters.ListGroupAsync(Mail)).Jobs.Select(static job => TestJob.Shorten(job.Id.ToString())).Should().Equal("c", "b");
        (await client.DeadLetters.ListGroupAsync(Mail)).Jobs[0].Fingerprint.Should().Be(Mail);
    }

    [Fact]
    public async Task Jobs_that_fail_form_groups_by_handler_and_error_and_come_back_to_them()
    {
        await using var host = await TestHost.StartAsync(
            Server,
            static jobs => jobs
                .AddJobHandler<Numbered>("mail", static (args, _, _) => args.Number < 3 ? RefuseAsync(args.Number) : TimeOutAsync(), static o => o.MaxRetries = 0)
                .AddJobHandler<Numbered>("video", static (args, _, _) => RefuseAsync(args.Number), static o => o.MaxRetries = 0),
            o => o.KeyPrefix = Store.Prefix);
        await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, 5).Select(static n => new JobRequest("mail", new Numbered(n))));
        await host.Jobs.EnqueueAsync("video", new Numbered(1));
        await Eventually.HoldsAsync(async () => (await host.DeadLetters.ListAsync()).Total == 6, "all have died");

        var groups = await host.DeadLetters.GetGroupsAsync();

        groups.Select(static group => (group.Handler, group.ErrorType, group.Count)).Should().BeEquivalentTo(
            [("mail", "System.IO.InvalidDataException", 3L), ("mail", "System.TimeoutException", 2L), ("video", "System.IO.InvalidDataException", 1L)]);
        groups[0].Error.Should().MatchRegex("^number [0-2] is refused$");
        (await host.DeadLetters.ListGroupAsync(groups[0].Fingerprint)).Jobs.Should().HaveCount(3).And.OnlyContain(static job => job.Name == "mail");

        (await host.DeadLetters.RetryAllAsync(groups[0].Fingerprint)).Done.Should().Be(3);
        await Eventually.HoldsAsync(async () => (await host.DeadLetters.ListAsync()).Jobs.Count(static job => job.Round == 2) == 3, "they have died again");

        (await host.DeadLetters.GetGroupsAsync()).Select(static group => (group.Fingerprint, group.Count))
            .Should().BeEquivalentTo(groups.Select(static group => (group.Fingerprint, group.Count)));
    }

    [Fact]
    public async Task A_retried_group_leaves_the_others_and_its_jobs_complete_in_a_new_round()
    {
        await Store.SeedAsync(static seed => seed.Dead("a", fingerprint: Mail).Dead("b", fingerprint: Mail).Dead("c", fingerprint: Video));
        await using var host = await StartHostAsync(static _ => { });

        var batch = await host.DeadLetters.RetryAllAsync(Mail);

        (batch.Done, batch.Failed, batch.NextCursor, batch.JobIds.Count).Should().Be((2, 0, null, 2));
        await Eventually.HoldsAsync(async () => await CompletedAsync(host) == 2, "the retried jobs have run");
        (await host.DeadLetters.GetGroupsAsync()).Select(static group => group.Fingerprint).Should().Equal(Video);
        var job = await host.Jobs.GetAsync(TestJob.Id("a"));
        job.Should().BeEquivalentTo(new { State = JobState.Completed, Round = 2, Fingerprint = (string?)null, Reason = (string?)null });
    }

    [Fact]
    public async Task A_single_retry_takes_the_job_out_of_its_group_and_says_when_by_the_servers_clock()
    {
        await Store.SeedAsync(static seed => seed.Dead("a", fingerprint: Mail).Dead("b", fingerprint: Mail));
        await using var client = await StartClientAsync();
        var before = await Store.NowAsync();

        await client.DeadLetters.RetryAsync(TestJob.Id("a"));

        (await client.DeadLetters.GetGroupsAsync()).Should().ContainSingle().Which.Count.Should().Be(1);
        var record = JobRecordReader.TryRead(TestJob.Id("a"), (byte[])await Store.Database.StringGetAsync(Store.Key("job:" + TestJob.IdText("a"))), out _);
        record!.RequeuedAt.Should().BeInRange(before, await Store.NowAsync());
        record.Fingerprint.Should().BeNull();
    }

    [Fact]
    public async Task Retrying_2000_dead_jobs_takes_each_once_though_some_fail_again_at_once()
    {
        await SeedDeadAsync(2_000);
        var runs = new ConcurrentDictionary<JobId, int>();
        await using var host = await StartHostAsync(
            job =>
            {
                runs.AddOrUpdate(job.Id, 1, static (_, count) => count + 1);
                if (IsUnlucky(job.Id))
                {
                    throw new InvalidDataException("again");
                }
            },
            maxRetries: 0);

        var (done, failed) = await RepeatAsync(cursor => host.DeadLetters.RetryAllAsync(cursor: cursor));

        (done, failed).Should().Be((2_000, 0));
        await Eventually.HoldsAsync(async () => await CompletedAsync(host) == 1_500 && (await host.DeadLetters.ListAsync(1)).Total == 500, "all have run again");
        runs.Should().HaveCount(2_000).And.OnlyContain(static run => run.Value == 1);
        Homes.EveryIdHasAHome(await Store.LookAsync());
    }

    [Fact]
    public async Task Two_retries_at_the_same_time_lose_and_duplicate_nothing()
    {
        await SeedDeadAsync(2_000);
        var runs = new ConcurrentDictionary<JobId, int>();
        await using var host = await StartHostAsync(job => runs.AddOrUpdate(job.Id, 1, static (_, count) => count + 1));

        await Task.WhenAll(
            RepeatAsync(cursor => host.DeadLetters.RetryAllAsync(cursor: cursor)),
            RepeatAsync(cursor => host.DeadLetters.RetryAllAsync(cursor: cursor)));

        await Eventually.HoldsAsync(async () => await CompletedAsync(host) == 2_000, "each has run");
        runs.Should().HaveCount(2_000).And.OnlyContain(static run => run.Value == 1);
        (await host.DeadLetters.ListAsync(1)).Total.Should().Be(0);
        (await Store.Database.HashGetAsync(Store.Key("stats"), "requeued")).Should().Be((RedisValue)2_000);
    }

    [Fact]
    public async Task Jobs_that_die_after_the_first_call_began_are_left()
    {
        await SeedDeadAsync(600);
        await using var client = await StartClientAsync();

        var first = await client.DeadLetters.RetryAllAsync();
        await Store.SeedAsync(static seed => seed.Dead("late", TimeSpan.FromSeconds(-30)));
        var second = await client.DeadLetters.RetryAllAsync(cursor: first.NextCursor);

        (first.Done, second.Done, second.NextCursor).Should().Be((500, 100, null));
        (await client.DeadLetters.ListAsync()).Jobs.Should().ContainSingle().Which.Id.Should().Be(TestJob.Id("late"));
    }

    [Fact]
    public async Task Unreadable_records_are_counted_once_and_can_be_deleted()
    {
        await Store.SeedAsync(static seed => seed.Dead("a", fingerprint: Mail).Dead("b", fingerprint: Mail).Dead("c", fingerprint: Mail).Dead("d", fingerprint: Mail));
        await Store.SeedAsync(static seed => seed.Text("job:" + TestJob.IdText("a"), "nonsense").Text("job:" + TestJob.IdText("b"), new byte[1_100_000]));
        await Store.Database.KeyDeleteAsync(Store.Key("job:" + TestJob.IdText("c")));
        await using var client = await StartClientAsync();

        var retried = await RepeatAsync(cursor => client.DeadLetters.RetryAllAsync(Mail, cursor));
        var deleted = await RepeatAsync(cursor => client.DeadLetters.DeleteAllAsync(Mail, cursor));

        retried.Should().Be((1, 3));
        deleted.Should().Be((3, 0));
        (await client.DeadLetters.GetGroupsAsync()).Should().BeEmpty();
        (await client.Jobs.GetAsync(TestJob.Id("d")))!.State.Should().Be(JobState.Pending);
    }

    [Fact]
    public async Task A_deleted_group_leaves_the_others_and_deleting_all_leaves_none()
    {
        await SeedDeadAsync(700, Mail);
        await Store.SeedAsync(static seed => seed.Dead("v", fingerprint: Video).Dead("n"));
        await using var client = await StartClientAsync();

        (await RepeatAsync(cursor => client.DeadLetters.DeleteAllAsync(Mail, cursor))).Should().Be((700, 0));
        (await client.DeadLetters.ListAsync()).Total.Should().Be(2);
        (await client.DeadLetters.GetGroupsAsync()).Select(static group => group.Fingerprint).Should().Equal(Video);

        (await RepeatAsync(cursor => client.DeadLetters.DeleteAllAsync(cursor: cursor))).Should().Be((2, 0));
        (await client.DeadLetters.GetGroupsAsync()).Should().BeEmpty();
        (await client.Jobs.GetAsync(TestJob.Id("v"))).Should().BeNull();
    }

    [Fact]
    public async Task Two_removals_at_the_same_time_remove_each_once()
    {
        await SeedDeadAsync(2_000);
        await using var client = await StartClientAsync();

        var both = await Task.WhenAll(
            RepeatAsync(cursor => client.DeadLetters.DeleteAllAsync(cursor: cursor)),
            RepeatAsync(cursor => client.DeadLetters.DeleteAllAsync(cursor: cursor)));

        both.Sum(static one => one.Done).Should().Be(2_000);
        (await client.DeadLetters.ListAsync()).Total.Should().Be(0);
    }

    [Fact]
    public async Task Wrong_fingerprints_and_cursors_are_refused()
    {
        await using var client = await StartClientAsync();
        var letters = client.DeadLetters;
        Func<Task>[] fingerprints = [() => letters.ListGroupAsync("Mail"), () => letters.RetryAllAsync(""), () => letters.DeleteAllAsync(Mail.ToUpperInvariant())];
        Func<Task>[] cursors =
        [
            () => letters.ListGroupAsync(Mail, cursor: "nonsense"), () => letters.RetryAllAsync(cursor: "1700000000000"),
            () => letters.RetryAllAsync(cursor: "1-2-nonsense"), () => letters.DeleteAllAsync(cursor: "-1"), () => letters.DeleteAllAsync(cursor: ""),
        ];

        foreach (var call in fingerprints)
        {
            (await call.Should().ThrowAsync<InvalidJobException>()).Which.ErrorId.Should().Be("JQ1020");
        }

        foreach (var call in cursors)
        {
            (await call.Should().ThrowAsync<InvalidJobException>()).Which.ErrorId.Should().Be("JQ1015");
        }

        (await letters.ListGroupAsync(Mail)).Should().BeEquivalentTo(new { Total = 0L, NextCursor = (string?)null });
    }

    private static async Task RefuseAsync(int number)
    {
        await Task.Yield();
        throw new InvalidDataException($"number {number} is refused");
    }

    private static async Task TimeOutAsync()
    {
        await Task.Yield();
        throw new TimeoutException("too slow");
    }

    private static TimeSpan Hours(int hours) => TimeSpan.FromHours(hours);

    private static bool IsUnlucky(JobId id) => int.Parse(TestJob.Shorten(id.ToString()), null) % 4 == 0;

    private static async Task<long> CompletedAsync(TestHost host) => (await host.Monitor.GetCountsAsync()).TotalCompleted;

    private static async Task<(int Done, int Failed)> RepeatAsync(Func<string?, Task<DeadLetterBatch>> call)
    {
        var (done, failed) = (0, 0);
        string? cursor = null;
        do
        {
            var batch = await call(cursor);
            done += batch.Done;
            failed += batch.Failed;
            cursor = batch.NextCursor;
        }
        while (cursor is not null);

        return (done, failed);
    }

    private Task SeedDeadAsync(int count, string? fingerprint = null)
        => Store.SeedAsync(seed =>
        {
            for (var n = 0; n < count; n++)
            {
                seed.Dead(n.ToString("D4", null), TimeSpan.FromMinutes(1), fingerprint: fingerprint);
            }
        });

    private Task<TestHost> StartClientAsync() => TestHost.StartAsync(Server, static _ => { }, o => (o.KeyPrefix, o.RunWorkers) = (Store.Prefix, false));

    private Task<TestHost> StartHostAsync(Action<JobContext> run, int? maxRetries = null)
        => TestHost.StartAsync(
            Server,
            jobs => jobs.AddJobHandler<object>(
                "work",
                (_, job, _) =>
                {
                    run(job);
                    return Task.CompletedTask;
                },
                o => o.MaxRetries = maxRetries),
            o => o.KeyPrefix = Store.Prefix);
}
