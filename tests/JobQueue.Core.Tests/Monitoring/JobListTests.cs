using JobQueue.Core.Tests.Infrastructure;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.Monitoring;

public sealed class JobListTests(TestServer server) : MonitorTest(server)
{
    [Fact]
    public async Task Waiting_jobs_are_listed_in_the_order_in_which_they_will_run()
    {
        await Store.SeedAsync(static seed => seed
            .PendingIn("normal|mail", "n1", "n2").PendingIn("normal|audio", "n3").PendingIn("low|audio", "l1").PendingIn("high|video", "h1", "h2")
            .PendingIn("critical|mail", "c1"));
        await PutSuspectAsync("s1", "mail");

        foreach (var limit in new[] { 1, 2, 3, 500 })
        {
            (await WalkAsync(JobState.Pending, limit)).Should().Equal("s1", "c1", "h1", "h2", "n3", "n1", "n2", "l1");
        }
    }

    [Fact]
    public async Task Jobs_with_a_tombstone_or_without_a_record_or_that_run_already_are_left_out()
    {
        await Store.SeedAsync(static seed => seed.Pending("a", "b", "c", "d", "e").Tombstone("b").Running("d"));
        await Store.Database.KeyDeleteAsync(Store.Key("job:" + TestJob.IdText("c")));

        (await WalkAsync(JobState.Pending, 1)).Should().Equal("a", "e");
    }

    [Fact]
    public async Task A_waiting_list_goes_on_behind_jobs_that_workers_took_and_shows_new_ones()
    {
        await Store.SeedAsync(static seed => seed.Pending(Names(1_000)));

        var names = await WalkAsync(JobState.Pending, 100, async page =>
        {
            // Each time fewer are taken than were shown, and one arrives.
            await Store.Database.ListTrimAsync(Store.Key("queue:default:normal"), 0, -51);
            await Store.SeedAsync(seed => seed.Pending(Names(1, 1_000 + page)));
        });

        names.Should().OnlyHaveUniqueItems().And.BeInAscendingOrder(StringComparer.Ordinal).And.Contain(Names(1_000));
    }

    [Fact]
    public async Task A_waiting_list_whose_last_shown_job_was_taken_goes_on_with_all_that_remain()
    {
        await Store.SeedAsync(static seed => seed.Pending(Names(500)));

        var names = await WalkAsync(JobState.Pending, 100, page => page == 1
            ? Store.Database.ListTrimAsync(Store.Key("queue:default:normal"), 0, -251)
            : Task.CompletedTask);

        names.Should().Equal([.. Names(100), .. Names(250, 250)]);
    }

    [Fact]
    public async Task A_waiting_list_in_no_order_of_ids_is_followed_too()
    {
        var random = new Random(3);
        var shuffled = Names(2_000);
        random.Shuffle(shuffled);
        await Store.SeedAsync(seed => seed.Pending(shuffled));

        var names = await WalkAsync(JobState.Pending, 300, _ => Store.Database.ListTrimAsync(Store.Key("queue:default:normal"), 0, -102));

        names.Should().Equal(shuffled);
    }

    [Fact]
    public async Task Jobs_handed_back_to_the_front_hide_none_of_those_behind()
    {
        await Store.SeedAsync(static seed => seed.Pending(Names(300, 100)));

        var names = await WalkAsync(JobState.Pending, 100, async page =>
        {
            if (page == 1)
            {
                await Store.SeedAsync(static seed => seed.Pending(Names(50)));
                var list = Store.Key("queue:default:normal");
                for (var i = 0; i < 50; i++)
                {
                    await Store.Database.ListRightPushAsync(list, await Store.Database.ListLeftPopAsync(list));
                }
            }
        });

        names.Should().Contain(Names(300, 100)).And.OnlyHaveUniqueItems();
    }

    [Theory]
    [InlineData(JobState.Scheduled)]
    [InlineData(JobState.Retrying)]
    public async Task Jobs_that_wait_for_a_time_are_listed_by_it(JobState state)
    {
        await Store.SeedAsync(seed =>
        {
            Timed(seed, state, "c", 3, "low|mail");
            Timed(seed, state, "a", 1, "normal|default");
            Timed(seed, state, "b", 2, "high|video");
        });
        var now = await Store.NowAsync();

        var page = await Monitor.ListAsync(state);

        page.Jobs.Select(static job => TestJob.Shorten(job.Id.ToString())).Should().Equal("a", "b", "c");
        page.Jobs.Select(job => Math.Round((((state == JobState.Scheduled ? job.ScheduledAt : job.NextRetryAt) - DateTimeOffset.FromUnixTimeMilliseconds(now))!.Value).TotalHours))
            .Should().Equal(1, 2, 3);
        (await WalkAsync(state, 1)).Should().Equal("a", "b", "c");
    }

    [Fact]
    public async Task Many_jobs_of_the_same_moment_are_paged_also_when_the_last_shown_one_has_left()
    {
        await Store.SeedAsync(static seed =>
        {
            foreach (var name in Names(300))
            {
                seed.Scheduled(name, TimeSpan.FromHours(1));
            }
        });

        var names = await WalkAsync(JobState.Scheduled, 7, async page =>
        {
            var last = Names(1, (page * 7) - 1)[0];
            await Store.Database.SortedSetRemoveAsync(Store.Key("scheduled"), "normal|default|" + TestJob.IdText(last));
        });

        names.Should().Equal(Names(300));
    }

    [Fact]
    public async Task A_job_that_retries_again_does_not_move_the_page_with_it()
    {
        await Store.SeedAsync(static seed => seed
            .Retrying("a", TimeSpan.FromHours(1)).Retrying("b", TimeSpan.FromHours(2)).Retrying("c", TimeSpan.FromHours(3)).Retrying("d", TimeSpan.FromHours(4)));

        var names = await WalkAsync(JobState.Retrying, 2, async page =>
        {
            if (page == 1)
            {
                await Store.SeedAsync(static seed => seed.Retrying("b", TimeSpan.FromHours(9)));
            }
        });

        names.Should().Equal("a", "b", "c", "d", "b");
    }

    [Fact]
    public async Task Dead_jobs_are_listed_from_the_last_that_died()
    {
        await Store.SeedAsync(static seed => seed.Dead("a", TimeSpan.FromHours(3)).Dead("b", TimeSpan.FromHours(1)).Dead("c", TimeSpan.FromHours(1)).Dead("d"));

        (await WalkAsync(JobState.Dead, 1)).Should().Equal("d", "c", "b", "a");
        (await WalkAsync(JobState.Dead, 1, page => page == 2
            ? Store.Database.SortedSetRemoveAsync(Store.Key("dead"), TestJob.IdText("c"))
            : Task.CompletedTask)).Should().Equal("d", "c", "b", "a");
    }

    [Fact]
    public async Task Running_jobs_are_listed_while_others_begin_and_end()
    {
        await Store.SeedAsync(static seed =>
        {
            foreach (var name in Names(600))
            {
                seed.Running(name);
            }
        });

        var names = await WalkAsync(JobState.Running, 50, async page =>
        {
            await Store.SeedAsync(seed => seed.Running(Names(1, 1_000 + page)[0]));
            await Store.Database.HashDeleteAsync(Store.Key("running"), [.. Names(10, page * 10).Select(static name => (RedisValue)TestJob.IdText(name))]);
        });

        names.Should().Contain(Names(300, 300));
        (await Monitor.ListAsync(JobState.Running, 1)).Jobs[0].WorkerId.Should().Be("w");
    }

    [Fact]
    public async Task Thousands_of_running_jobs_are_listed_while_others_begin_and_end()
    {
        await Store.SeedAsync(static seed =>
        {
            foreach (var name in Names(6_000))
            {
                seed.Running(name);
            }
        });

        var names = await WalkAsync(JobState.Running, 400, page =>
            Store.Database.HashDeleteAsync(Store.Key("running"), [.. Names(50, page * 50).Select(static name => (RedisValue)TestJob.IdText(name))]));

        names.Should().Contain(Names(4_000, 2_000));
    }

    [Theory]
    [InlineData("completed", JobState.Completed)]
    [InlineData("cancelled", JobState.Cancelled)]
    public async Task Finished_jobs_are_listed_from_the_last_while_more_finish_and_retention_takes(string list, JobState state)
    {
        await FinishAsync(list, state, Names(1_000));

        var names = await WalkAsync(state, 100, async page =>
        {
            await FinishAsync(list, state, Names(3, 1_000 + (page * 3)));
            await Store.Database.ListTrimAsync(Store.Key(list), 0, -8);
            if (page == 2)
            {
                // The last shown one is deleted by a person.
                var entry = (await Store.Database.ListRangeAsync(Store.Key(list))).Single(static entry => TestJob.Shorten((string)entry).StartsWith("00800", StringComparison.Ordinal));
                await Store.Database.ListRemoveAsync(Store.Key(list), entry);
            }
        });

        names.Should().OnlyHaveUniqueItems().And.BeInDescendingOrder(StringComparer.Ordinal);
        names.Should().Contain(Names(930, 70));
    }

    [Fact]
    public async Task Finished_jobs_of_the_same_moment_are_shown_again_rather_than_missed()
    {
        await FinishAsync("completed", JobState.Completed, Names(50), sameTime: true);

        var names = await WalkAsync(JobState.Completed, 10, async page =>
        {
            if (page == 1)
            {
                await Store.Database.ListRemoveAsync(Store.Key("completed"), await Store.Database.ListGetByIndexAsync(Store.Key("completed"), 9));
            }
        });

        names.Distinct().Should().BeEquivalentTo(Names(50));
    }

    [Fact]
    public async Task The_newest_jobs_are_listed_in_any_state()
    {
        await Store.SeedAsync(static seed => seed
            .Pending("a").Scheduled("b", TimeSpan.FromHours(1)).Retrying("c", TimeSpan.FromHours(2)).Running("d").Dead("e").Completed("f"));
        foreach (var name in new[] { "a", "b", "c", "gone", "d", "e", "f" })
        {
            await Store.Database.ListLeftPushAsync(Store.Key("recent"), TestJob.IdText(name));
        }

        var page = await Monitor.ListAsync(state: null);

        page.Jobs.Select(static job => (TestJob.Shorten(job.Id.ToString()), job.State)).Should().Equal(
            ("f", JobState.Completed), ("e", JobState.Dead), ("d", JobState.Running), ("c", JobState.Retrying), ("b", JobState.Scheduled), ("a", JobState.Pending));
        page.NextCursor.Should().BeNull();
        (await WalkAsync(state: null, 2)).Should().Equal("f", "e", "d", "c", "b", "a");
    }

    [Fact]
    public async Task The_newest_jobs_are_paged_while_more_arrive_and_the_oldest_leave()
    {
        await Store.SeedAsync(static seed => seed.Pending(Names(500)));
        await Store.Database.ListLeftPushAsync(Store.Key("recent"), [.. Names(500).Select(static name => (RedisValue)TestJob.IdText(name))]);

        var names = await WalkAsync(state: null, 60, async page =>
        {
            await Store.Database.ListLeftPushAsync(Store.Key("recent"), TestJob.IdText(Names(1, page)[0]));
            await Store.Database.ListTrimAsync(Store.Key("recent"), 0, -6);
        });

        names.Should().OnlyHaveUniqueItems().And.BeInDescendingOrder(StringComparer.Ordinal).And.Contain(Names(450, 50));
    }

    [Fact]
    public async Task Every_list_of_an_empty_store_is_empty()
    {
        foreach (var state in Enum.GetValues<JobState>().Select(static state => (JobState?)state).Append(null))
        {
            var page = await Monitor.ListAsync(state);

            page.Jobs.Should().BeEmpty();
            page.NextCursor.Should().BeNull();
        }
    }

    [Fact]
    public async Task A_page_past_the_end_is_empty()
    {
        await Store.SeedAsync(static seed => seed.Pending("a", "b"));
        var page = await Monitor.ListAsync(JobState.Pending, 2);
        await Store.Database.KeyDeleteAsync(Store.Key("queue:default:normal"));
        await Store.Database.KeyDeleteAsync(Store.Key("ready"));

        var past = await Monitor.ListAsync(JobState.Pending, 2, page.NextCursor ?? "pending~normal~default~2~" + TestJob.IdText("b"));

        past.Jobs.Should().BeEmpty();
        past.NextCursor.Should().BeNull();
    }

    [Fact]
    public async Task A_cursor_of_another_list_or_of_none_is_refused()
    {
        await Store.SeedAsync(static seed => seed.Pending("a", "b").Scheduled("c", default).Scheduled("d", default));
        var pending = (await Monitor.ListAsync(JobState.Pending, 1)).NextCursor!;
        var scheduled = (await Monitor.ListAsync(JobState.Scheduled, 1)).NextCursor!;

        foreach (var (state, cursor) in new (JobState?, string)[]
        {
            (JobState.Scheduled, pending), (JobState.Pending, scheduled), (null, pending), (JobState.Running, ""), (JobState.Dead, "nonsense"),
            (JobState.Pending, "pending"), (JobState.Pending, pending + "~1"), (JobState.Completed, "completed~-1~~1~1"), (JobState.Running, "running~~1e5~"),
            (JobState.Pending, pending.Replace("normal", "urgent", StringComparison.Ordinal)), (JobState.Dead, "failed~1234567890123456~"),
        })
        {
            var list = () => Monitor.ListAsync(state, 10, cursor);

            (await list.Should().ThrowAsync<InvalidJobException>(cursor)).Which.ErrorId.Should().Be("JQ1015");
        }
    }

    [Fact]
    public async Task Wrong_limits_and_states_are_refused()
    {
        var none = () => Monitor.ListAsync(JobState.Pending, 0);
        var many = () => Monitor.ListAsync(JobState.Pending, 501);
        var state = () => Monitor.ListAsync((JobState)99);

        (await none.Should().ThrowAsync<InvalidJobException>()).Which.ErrorId.Should().Be("JQ1014");
        (await many.Should().ThrowAsync<InvalidJobException>()).Which.ErrorId.Should().Be("JQ1014");
        (await state.Should().ThrowAsync<InvalidJobException>()).Which.ErrorId.Should().Be("JQ1025");
    }

    [Fact]
    public async Task Large_jobs_make_pages_shorter_and_none_is_missed()
    {
        var args = new string('x', 700_000);
        foreach (var name in Names(20))
        {
            await Client.Jobs.EnqueueAsync("large", args, o => o.Id = TestJob.Id(name));
        }

        var first = await Monitor.ListAsync(JobState.Pending, 20);

        first.Jobs.Count.Should().BeInRange(1, 10);
        (await WalkAsync(JobState.Pending, 20)).Should().Equal(Names(20));
    }

    [Fact]
    public async Task A_record_that_can_not_be_read_is_listed_where_it_is()
    {
        await Store.SeedAsync(static seed => seed.Dead("a").Text("job:" + TestJob.IdText("a"), "no json"));

        var job = (await Monitor.ListAsync(JobState.Dead)).Jobs.Should().ContainSingle().Subject;

        (job.State, job.Name).Should().Be((JobState.Dead, "(unreadable)"));
    }

    private async Task PutSuspectAsync(string name, string queue)
    {
        await Store.SeedAsync(seed => seed.Text("job:" + TestJob.IdText(name), TestJob.Record(name, "normal|" + queue)));
        await Store.Database.ListLeftPushAsync(Store.Key($"queue:{queue}:suspect"), TestJob.IdText(name));
        await Store.Database.SetAddAsync(Store.Key("ready"), "suspect|" + queue);
    }

    private static void Timed(StoreSeed seed, JobState state, string name, int hours, string line)
        => _ = state == JobState.Scheduled ? seed.Scheduled(name, TimeSpan.FromHours(hours), line) : seed.Retrying(name, TimeSpan.FromHours(hours), line);

    private async Task FinishAsync(string list, JobState state, string[] names, bool sameTime = false)
    {
        var status = state == JobState.Completed ? TerminalStatus.Completed : TerminalStatus.Cancelled;
        await Store.SeedAsync(seed =>
        {
            foreach (var name in names)
            {
                seed.Text("job:" + TestJob.IdText(name), TestJob.Record(name, status: status));
            }
        });
        await Store.Database.ListLeftPushAsync(
            Store.Key(list),
            [.. names.Select(name => (RedisValue)$"{TestJob.IdText(name)}|{TestJob.LongAgo + (sameTime ? 0 : int.Parse(name, null))}|100")]);
    }
}
