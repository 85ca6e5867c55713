using System.Text;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>Enqueueing a finished job again as a copy.</summary>
public sealed class CopyTests(TestServer server) : StoreTest(server)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(JobState.Completed)]
    [InlineData(JobState.Dead)]
    [InlineData(JobState.Cancelled)]
    public async Task A_finished_job_is_copied_with_its_settings_and_stays_as_it_is(JobState state)
    {
        await SeedFinishedAsync(state);
        await using var client = await StartClientAsync();
        var before = (await Store.LookAsync()).Find("job:" + TestJob.IdText("a"));

        var id = await client.Jobs.CopyAsync(TestJob.Id("a"));

        var copy = await client.Jobs.GetAsync(id);
        copy.Should().BeEquivalentTo(
            new
            {
                Id = id,
                Name = "work",
                Queue = "mail",
                Priority = JobPriority.High,
                State = JobState.Pending,
                MaxRetries = 5,
                Timeout = TimeSpan.FromSeconds(90),
                UserId = "user-1",
                Tags = (string[])["x", "y"],
                Headers = new Dictionary<string, string> { ["tenant"] = "t-1", ["culture"] = "de" },
                TraceParent = (string?)null,
                CopiedFrom = TestJob.Id("a"),
                RetryCount = 0,
                Round = 1,
                Reason = (string?)null,
                FinishedAt = (DateTimeOffset?)null,
                ExpiresAfter = TimeSpan.FromMinutes(1),
                Deadline = (DateTimeOffset?)null,
                Attempts = Array.Empty<JobAttempt>(),
            });
        Encoding.UTF8.GetString(copy!.Args.Span).Should().Be("""{"n": 1,  "n":2}""");
        copy.CreatedAt.ToUnixTimeMilliseconds().Should().BeGreaterThan(TestJob.LongAgo);
        (await Store.LookAsync()).Find("job:" + TestJob.IdText("a"))!.Items.Should().Equal(before!.Items);
    }

    [Fact]
    public async Task What_the_caller_configures_overrides_the_settings_of_the_finished_job()
    {
        await SeedFinishedAsync(JobState.Completed);
        await using var client = await StartClientAsync();
        var chosen = JobId.FromKey("copy");

        var id = await client.Jobs.CopyAsync(TestJob.Id("a"), o =>
        {
            o.MaxRetries.Should().Be(5, "the options are those of the finished job");
            (o.Id, o.Queue, o.Priority, o.MaxRetries, o.Timeout, o.Delay) = (chosen, "video", JobPriority.Low, 0, Hour, Hour);
            (o.UserId, o.ExpiresAfter) = ("user-2", null);
            o.Tags.Remove("x");
        });

        id.Should().Be(chosen);
        (await client.Jobs.GetAsync(id)).Should().BeEquivalentTo(
            new { Queue = "video", Priority = JobPriority.Low, State = JobState.Scheduled, MaxRetries = 0, Timeout = Hour, UserId = "user-2", ExpiresAfter = (TimeSpan?)null, Tags = (string[])["y"], CopiedFrom = TestJob.Id("a") });
    }

    [Fact]
    public async Task A_copy_of_a_completed_job_runs_and_can_be_copied_again()
    {
        await using var host = await TestHost.StartAsync(Server, static jobs => jobs
            .AddJobHandler<Numbered, int>("echo", static (args, _, _) => Task.FromResult(args.Number)));
        var first = await host.Jobs.EnqueueAsync("echo", new Numbered(7));
        await host.Jobs.WaitForResultAsync<int>(first, TimeSpan.FromSeconds(20));

        var second = await host.Jobs.CopyAsync(first);
        (await host.Jobs.WaitForResultAsync<int>(second, TimeSpan.FromSeconds(20))).Should().Be(7);
        var third = await host.Jobs.CopyAsync(second);

        (await host.Jobs.WaitForResultAsync<int>(third, TimeSpan.FromSeconds(20))).Should().Be(7);
        (await host.Jobs.GetAsync(third))!.CopiedFrom.Should().Be(second);
    }

    [Fact]
    public async Task A_copy_may_have_other_arguments_also_where_its_own_are_not_kept()
    {
        await Store.SeedAsync(static seed => seed.Text("job:" + TestJob.IdText("a"), Finished(TerminalStatus.Completed, static r => (r.Args, r.ArgsDropped) = ("null"u8.ToArray(), 20_000))));
        await using var client = await StartClientAsync();

        var id = await client.Jobs.CopyAsync(TestJob.Id("a"), new Numbered(9), static o => o.Queue = "video");

        var copy = (await client.Jobs.GetAsync(id))!;
        Encoding.UTF8.GetString(copy.Args.Span).Should().Be("""{"number":9}""");
        (copy.Queue, copy.CopiedFrom, copy.ArgsDropped).Should().Be(("video", TestJob.Id("a"), null));
    }

    [Theory]
    [InlineData("a", JobState.Pending)]
    [InlineData("b", JobState.Scheduled)]
    [InlineData("c", JobState.Retrying)]
    [InlineData("d", JobState.Running)]
    public async Task A_job_that_has_not_finished_is_not_copied(string name, JobState state)
    {
        await Store.SeedAsync(static seed => seed.Pending("a").Scheduled("b", Hour).Retrying("c", Hour).Running("d"));

        var refusal = await RefusalAsync(name);

        refusal.ErrorId.Should().Be("JQ1113");
        refusal.State.Should().Be(state);
    }

    [Fact]
    public async Task A_job_whose_arguments_were_dropped_is_not_copied()
    {
        await Store.SeedAsync(static seed => seed.Text("job:" + TestJob.IdText("a"), Finished(TerminalStatus.Completed, static r => (r.Args, r.ArgsDropped) = ("null"u8.ToArray(), 20_000))));

        var refusal = await RefusalAsync("a");

        refusal.ErrorId.Should().Be("JQ1114");
        refusal.Message.Should().Contain("(20,000 bytes)");
    }

    [Fact]
    public async Task A_dead_job_that_could_not_be_read_is_not_copied()
    {
        await Store.SeedAsync(static seed => seed
            .Dead("a").Text("job:" + TestJob.IdText("a"), Finished(TerminalStatus.Failed, static r => r.Raw = "e30="))
            .Dead("b").Text("job:" + TestJob.IdText("b"), "no record"));

        (await RefusalAsync("a")).ErrorId.Should().Be("JQ1115");
        (await RefusalAsync("b")).ErrorId.Should().Be("JQ1115");
    }

    [Fact]
    public async Task An_option_outside_its_rule_is_refused_and_nothing_is_enqueued()
    {
        await SeedFinishedAsync(JobState.Completed);
        await using var client = await StartClientAsync();

        var copy = () => client.Jobs.CopyAsync(TestJob.Id("a"), static o => o.MaxRetries = 101);

        (await copy.Should().ThrowAsync<InvalidJobException>()).Which.ErrorId.Should().Be("JQ1008");
        (await client.Monitor.GetCountsAsync()).TotalEnqueued.Should().Be(0);
    }

    private async Task<JobStateException> RefusalAsync(string name)
    {
        await using var client = await StartClientAsync();
        var copy = () => client.Jobs.CopyAsync(TestJob.Id(name));
        var refusal = (await copy.Should().ThrowAsync<JobStateException>()).Which;
        (await client.Monitor.GetCountsAsync()).TotalEnqueued.Should().Be(0);
        return refusal;
    }

    private Task SeedFinishedAsync(JobState state)
    {
        var status = state switch
        {
            JobState.Completed => TerminalStatus.Completed,
            JobState.Dead => TerminalStatus.Failed,
            _ => TerminalStatus.Cancelled,
        };
        return Store.SeedAsync(seed => seed.Text("job:" + TestJob.IdText("a"), Finished(status, static _ => { })));
    }

    /// <summary>A record with everything that a copy takes over, and everything that it does not.</summary>
    private static byte[] Finished(TerminalStatus status, Action<JobRecord> change)
    {
        var record = new JobRecord
        {
            Id = TestJob.Id("a"),
            Name = "work",
            Queue = "mail",
            Priority = JobPriority.High,
            Args = Encoding.UTF8.GetBytes("""{"n": 1,  "n":2}"""),
            CreatedAt = TestJob.LongAgo,
            ScheduledAt = TestJob.LongAgo,
            MaxRetries = 5,
            TimeoutMs = 90_000,
            ExpiresAfterMs = 60_000,
            Deadline = TestJob.LongAgo,
            UserId = "user-1",
            Tags = ["x", "y"],
            Headers = new Dictionary<string, string> { ["tenant"] = "t-1", ["culture"] = "de" },
            TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            RetryCount = 2,
            Round = 3,
            Status = status,
            FinishedAt = TestJob.LongAgo,
            Reason = "a reason",
        };
        change(record);
        return JobRecordWriter.Write(record);
    }

    private Task<TestHost> StartClientAsync() => TestHost.StartAsync(Server, static _ => { }, o => (o.KeyPrefix, o.RunWorkers) = (Store.Prefix, false));
}
