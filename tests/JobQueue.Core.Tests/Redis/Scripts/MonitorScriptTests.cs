using System.Globalization;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>The scripts that people look with: what they answer, that they write nothing, and that damage beside it hides nothing.</summary>
public sealed class MonitorScriptTests(TestServer server) : StoreTest(server)
{
    [Fact]
    public async Task Looking_changes_nothing()
    {
        await Store.SeedAsync(static seed => seed
            .Pending("a", "b").Tombstone("b").Scheduled("c", default).Retrying("d", default).Running("e").Dead("f").Completed("g").Worker("w").Paused("mail")
            .SortedSet("lost", "x", default).Hash("handlers", "work", "1|{}"));
        await Store.Database.ListLeftPushAsync(Store.Key("recent"), [TestJob.IdText("a"), TestJob.IdText("g")]);

        var changes = await Store.ChangesOfAsync(async () =>
        {
            await ListScripts.WaitingAsync(Store.Shard, 1, next: null, default);
            foreach (var state in new[] { JobState.Scheduled, JobState.Retrying, JobState.Dead })
            {
                await ListScripts.TimedAsync(Store.Shard, 1, state, next: null, default);
            }

            await ListScripts.RunningAsync(Store.Shard, 1, next: null, default);
            await ListScripts.FinishedAsync(Store.Shard, 1, JobState.Completed, next: null, default);
            await ListScripts.RecentAsync(Store.Shard, 1, next: null, default);
            await QueuesScript.RunAsync(Store.Shard, paused: false, "0", 10, default);
            await WorkersScript.RunAsync(Store.Shard, 10, default);
            await WorkerSnapshotsScript.RunAsync(Store.Shard, ["w", "x"], default);
            await HistoryScript.RunAsync(Store.Shard, 2, last: null, default);
            await HandlerStatisticsScript.RunAsync(Store.Shard, 2, ["work"], default);
        });

        changes.Should().BeEmpty();
    }

    [Fact]
    public async Task List_waiting_answers_where_the_next_page_begins()
    {
        await Store.SeedAsync(static seed => seed.PendingIn("high|mail", "a", "b", "c"));

        var reply = await ListScripts.WaitingAsync(Store.Shard, 2, next: null, default);

        reply.Ids.Should().Equal(TestJob.IdText("a"), TestJob.IdText("b"));
        reply.Places[0].Record.Should().Equal(TestJob.Record("a", "high|mail"));
        reply.Next.Should().Equal("high|mail", "2", TestJob.IdText("b"));
    }

    [Fact]
    public async Task List_waiting_passes_over_a_list_of_another_type()
    {
        await Store.SeedAsync(static seed => seed.Pending("a").Text("queue:broken:high", "x"));
        await Store.Database.SetAddAsync(Store.Key("ready"), "high|broken");

        (await ListScripts.WaitingAsync(Store.Shard, 10, next: null, default)).Ids.Should().Equal(TestJob.IdText("a"));
    }

    [Fact]
    public async Task Lists_leave_out_a_record_of_another_type()
    {
        await Store.SeedAsync(static seed => seed.Pending("a", "b").Dead("c").Dead("d"));
        await Store.Database.KeyDeleteAsync([Store.Key("job:" + TestJob.IdText("a")), Store.Key("job:" + TestJob.IdText("c"))]);
        await Store.SeedAsync(static seed => seed.Hash("job:" + TestJob.IdText("a"), "f", "v").Hash("job:" + TestJob.IdText("c"), "f", "v"));

        (await ListScripts.WaitingAsync(Store.Shard, 10, next: null, default)).Ids.Should().Equal(TestJob.IdText("b"));
        (await ListScripts.TimedAsync(Store.Shard, 10, JobState.Dead, next: null, default)).Ids.Should().Equal(TestJob.IdText("d"));
    }

    [Fact]
    public async Task A_list_with_much_to_leave_out_ends_a_page_early_and_goes_on()
    {
        var names = Enumerable.Range(0, 5_000).Select(static n => n.ToString("00000", CultureInfo.InvariantCulture)).ToArray();
        await Store.SeedAsync(seed => seed.Listed("normal|default", names).Pending("z"));

        var pages = 0;
        string[]? next = null;
        var found = new List<string>();
        do
        {
            var reply = await ListScripts.WaitingAsync(Store.Shard, 10, next, default);
            found.AddRange(reply.Ids);
            next = reply.Next.Length == 0 ? null : reply.Next;
            pages++;
        }
        while (next is not null);

        found.Should().Equal(TestJob.IdText("z"));
        pages.Should().BeInRange(3, 4, "a page looks at 2,000 ids at the most");
    }

    [Fact]
    public async Task Queues_answers_what_waits_in_each_line_and_who_stands_in_front()
    {
        await Store.SeedAsync(static seed => seed
            .PendingIn("high|mail", "a", "b", "c").Tombstone("a", "high|mail").PendingIn("low|mail", "d").Paused("mail").Text("queue:mail:normal", "x"));

        var (now, cursor, queues) = await QueuesScript.RunAsync(Store.Shard, paused: false, "0", 10, default);

        now.Should().BeCloseTo(await Store.NowAsync(), 60_000);
        cursor.Should().Be("0");
        var mail = queues.Should().ContainSingle().Subject;
        (mail.Name, mail.IsPaused).Should().Be(("mail", true));
        mail.Waiting.Should().Equal(0, 0, 2, 0, 1);
        mail.Fronts.Select(static front => TestJob.Shorten(front.Id)).Should().Equal("b", "d");
        mail.Fronts[0].Record.Should().Equal(TestJob.Record("b", "high|mail"));
    }

    [Fact]
    public async Task Workers_answers_deadlines_and_losses()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").SilentWorker("v").SortedSet("lost", "x", TimeSpan.FromHours(-1)));

        var (now, workers, lost) = await WorkersScript.RunAsync(Store.Shard, 10, default);

        workers.Select(worker => (worker.Id, Math.Round((worker.Time - now) / 3_600_000.0))).Should().Equal(("v", -1), ("w", 1));
        lost.Select(worker => (worker.Id, Math.Round((worker.Time - now) / 3_600_000.0))).Should().Equal(("x", -1));
    }

    [Fact]
    public async Task Worker_snapshots_answers_nothing_for_those_that_are_gone()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").Hash("worker:odd", "f", "v"));

        (await WorkerSnapshotsScript.RunAsync(Store.Shard, ["x", "w", "odd"], default)).Select(static snapshot => snapshot.Length).Should().Equal(0, "snapshot".Length, 0);
    }

    [Fact]
    public async Task History_answers_each_minute_also_an_empty_or_damaged_one()
    {
        var minute = await Store.NowAsync() / 60_000;
        await Store.Database.HashSetAsync(Store.Key($"stats:{minute - 2}"), [new HashEntry("enqueued", 5), new HashEntry("odd", "x")]);
        await Store.Database.StringSetAsync(Store.Key($"stats:{minute - 1}"), "wrong type");

        var (first, counts) = await HistoryScript.RunAsync(Store.Shard, 3, minute, default);

        first.Should().Be(minute - 2);
        counts.Select(static minute => minute.Count).Should().Equal(1, 0, 0);
        counts[0]["enqueued"].Should().Be(5);
        var (current, _) = await HistoryScript.RunAsync(Store.Shard, 1, last: null, default);
        current.Should().BeInRange(minute, minute + 1);
    }
}
