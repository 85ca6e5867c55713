using JobQueue.Core.Tests.Infrastructure;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>What is refused at the door: each with its own error, and nothing written.</summary>
public sealed class BadInputTests(TestServer server)
{
    private static readonly Numbered Args = new(1);

    public static TheoryData<string, string, Action<EnqueueOptions>> Refused => new()
    {
        { "JQ1001", "", static _ => { } },
        { "JQ1001", "has space", static _ => { } },
        { "JQ1001", "-dash-first", static _ => { } },
        { "JQ1001", new string('n', 201), static _ => { } },
        { "JQ1002", "job", static o => o.Queue = "no/slash" },
        { "JQ1002", "job", static o => o.Queue = "" },
        { "JQ1005", "job", static o => o.Delay = TimeSpan.FromTicks(-1) },
        { "JQ1005", "job", static o => o.Delay = TimeSpan.MaxValue },
        { "JQ1006", "job", static o => o.ScheduledAt = DateTimeOffset.MaxValue },
        { "JQ1007", "job", static o => (o.Delay, o.ScheduledAt) = (TimeSpan.Zero, DateTimeOffset.UnixEpoch) },
        { "JQ1008", "job", static o => o.MaxRetries = -1 },
        { "JQ1008", "job", static o => o.MaxRetries = 101 },
        { "JQ1009", "job", static o => o.Timeout = TimeSpan.Zero },
        { "JQ1009", "job", static o => o.Timeout = TimeSpan.FromHours(25) },
        { "JQ1010", "job", static o => o.Priority = (JobPriority)9 },
        { "JQ1030", "job", static o => o.ExpiresAfter = TimeSpan.Zero },
        { "JQ1030", "job", static o => o.ExpiresAfter = TimeSpan.FromDays(365) + TimeSpan.FromTicks(1) },
        { "JQ1031", "job", static o => o.Deadline = DateTimeOffset.UtcNow.AddMinutes(-1) },
        { "JQ1031", "job", static o => (o.Delay, o.Deadline) = (TimeSpan.FromHours(2), DateTimeOffset.UtcNow.AddHours(1)) },
        { "JQ1031", "job", static o => (o.ScheduledAt, o.Deadline) = (DateTimeOffset.UtcNow.AddHours(2), DateTimeOffset.UtcNow.AddHours(1)) },
        { "JQ1031", "job", static o => o.Deadline = DateTimeOffset.MaxValue },
        { "JQ1032", "job", static o => o.UserId = new string('u', 201) },
        { "JQ1033", "job", static o => Enumerable.Range(0, 17).ToList().ForEach(n => o.Tags.Add($"tag {n}")) },
        { "JQ1034", "job", static o => o.Tags.Add(" ") },
        { "JQ1034", "job", static o => o.Tags.Add(null!) },
        { "JQ1034", "job", static o => o.Tags.Add(new string('t', 65)) },
        { "JQ1060", "job", static o => Enumerable.Range(0, 17).ToList().ForEach(n => o.Headers.Add($"header {n}", "")) },
        { "JQ1061", "job", static o => o.Headers[""] = "value" },
        { "JQ1061", "job", static o => o.Headers["a\nb"] = "value" },
        { "JQ1061", "job", static o => o.Headers["a\u0085b"] = "value" },
        { "JQ1061", "job", static o => o.Headers[new string('h', 65)] = "value" },
        { "JQ1062", "job", static o => o.Headers["name"] = null! },
        { "JQ1062", "job", static o => o.Headers["name"] = new string('v', 1_025) },
        { "JQ1012", "job", static o => o.Id = JobId.Parse("000000000000000000000000000000ff") },
        { "JQ1012", "job", static o => o.Id = default(JobId) },
    };

    public static TheoryData<string, Func<IJobQueue, JobId, Task>> CallsOnOneJob => new()
    {
        { "cancel", static (jobs, id) => jobs.CancelAsync(id) },
        { "delete", static (jobs, id) => jobs.DeleteAsync(id) },
        { "run now", static (jobs, id) => jobs.RunNowAsync(id) },
        { "copy", static (jobs, id) => jobs.CopyAsync(id) },
    };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Refused))]
    public async Task A_job_outside_a_rule_is_refused_and_nothing_is_written(string errorId, string name, Action<EnqueueOptions> configure)
    {
        await using var client = await StartClientAsync();

        var enqueue = () => client.Jobs.EnqueueAsync(name, Args, configure);

        (await enqueue.Should().ThrowAsync<InvalidJobException>()).Which.ErrorId.Should().Be(errorId);
        (await client.Monitor.GetCountsAsync()).TotalEnqueued.Should().Be(0);
    }

    [Fact]
    public async Task A_job_at_every_ceiling_is_taken()
    {
        await using var client = await StartClientAsync();
        var deadline = new DateTimeOffset(9999, 12, 31, 23, 59, 59, 998, TimeSpan.Zero);

        var id = await client.Jobs.EnqueueAsync("job", Args, o =>
        {
            (o.MaxRetries, o.Timeout, o.ExpiresAfter, o.Deadline) = (100, TimeSpan.FromHours(24), TimeSpan.FromDays(365), deadline);
            o.UserId = new string('u', 200);
            Enumerable.Range(0, 16).ToList().ForEach(n => o.Tags.Add(n.ToString(null, null).PadLeft(64, 't')));
            Enumerable.Range(0, 16).ToList().ForEach(n => o.Headers.Add(n.ToString(null, null).PadLeft(64, 'h'), new string('v', 1_024)));
        });

        var job = await client.Jobs.GetAsync(id);
        job.Should().BeEquivalentTo(
            new { MaxRetries = 100, Timeout = TimeSpan.FromHours(24), ExpiresAfter = TimeSpan.FromDays(365), Deadline = deadline, UserId = new string('u', 200) },
            static o => o.ExcludingMissingMembers());
        job!.Headers.Should().HaveCount(16).And.OnlyContain(static header => header.Key.Length == 64 && header.Value.Length == 1_024);
        job.Tags.Should().HaveCount(16).And.OnlyContain(static tag => tag.Length == 64);
    }

    [Fact]
    public async Task Arguments_that_do_not_serialise_are_refused()
    {
        await using var client = await StartClientAsync();

        var enqueue = () => client.Jobs.EnqueueAsync("job", new { Callback = (Action)(static () => { }) });

        (await enqueue.Should().ThrowAsync<InvalidJobException>()).Which.ErrorId.Should().Be("JQ1003");
    }

    [Fact]
    public async Task Arguments_over_the_limit_are_refused_and_those_at_the_limit_are_not()
    {
        await using var client = await StartClientAsync();

        var enqueue = () => client.Jobs.EnqueueAsync("job", new string('x', 1_048_575));

        (await enqueue.Should().ThrowAsync<InvalidJobException>()).Which.Message.Should().StartWith("JQ1004: The arguments of job 'job' are 1,048,577 bytes");
        var id = await client.Jobs.EnqueueAsync("job", new string('x', 1_048_574));
        (await client.Jobs.GetAsync(id))!.Args.Length.Should().Be(1_048_576);
    }

    [Fact]
    public async Task An_id_twice_in_one_batch_is_refused_and_nothing_is_written()
    {
        await using var client = await StartClientAsync();
        var id = JobId.FromKey("order-1");

        var enqueue = () => client.Jobs.EnqueueManyAsync([Request(id), Request(JobId.FromKey("order-2")), Request(id)]);

        (await enqueue.Should().ThrowAsync<InvalidJobException>()).Which.ErrorId.Should().Be("JQ1011");
        (await client.Monitor.GetCountsAsync()).TotalEnqueued.Should().Be(0);
    }

    [Fact]
    public async Task One_bad_job_in_a_batch_keeps_the_whole_batch_out()
    {
        await using var client = await StartClientAsync();

        var enqueue = () => client.Jobs.EnqueueManyAsync([new JobRequest("good", Args), new JobRequest("not good", Args)]);

        await enqueue.Should().ThrowAsync<InvalidJobException>();
        (await client.Monitor.GetCountsAsync()).TotalEnqueued.Should().Be(0);
    }

    [Fact]
    public async Task An_id_that_exists_is_answered_with_that_id_and_the_first_job_stays()
    {
        await using var client = await StartClientAsync();
        var id = JobId.FromKey("order-1");
        await client.Jobs.EnqueueAsync("first", Args, o => o.Id = id);

        var again = () => client.Jobs.EnqueueAsync("second", Args, o => o.Id = id);
        var many = () => client.Jobs.EnqueueManyAsync([Request(id), Request(JobId.FromKey("order-2"))]);

        (await again.Should().ThrowAsync<DuplicateJobException>()).Which.JobIds.Should().Equal(id);
        (await many.Should().ThrowAsync<DuplicateJobException>()).Which.JobIds.Should().Equal(id);
        (await client.Jobs.GetAsync(id))!.Name.Should().Be("first");
        (await client.Monitor.GetCountsAsync()).Pending.Should().Be(2);
    }

    [Fact]
    public async Task Waiting_for_an_unknown_job_or_for_too_long_is_refused()
    {
        await using var client = await StartClientAsync();

        var unknown = () => client.Jobs.WaitForResultAsync<int>(JobId.FromKey("nothing"), TimeSpan.FromSeconds(1));
        var zero = () => client.Jobs.WaitForResultAsync<int>(JobId.FromKey("nothing"), TimeSpan.Zero);

        (await unknown.Should().ThrowAsync<JobStateException>()).Which.ErrorId.Should().Be("JQ1102");
        (await zero.Should().ThrowAsync<InvalidJobException>()).Which.ErrorId.Should().Be("JQ1013");
    }

    [Fact]
    public async Task Waiting_ends_with_a_timeout_and_the_job_goes_on()
    {
        await using var client = await StartClientAsync();
        var id = await client.Jobs.EnqueueAsync("job", Args);

        var wait = () => client.Jobs.WaitForResultAsync<int>(id, TimeSpan.FromMilliseconds(50));

        (await wait.Should().ThrowAsync<TimeoutException>()).Which.Message.Should().StartWith("JQ1109");
        (await client.Jobs.GetAsync(id))!.State.Should().Be(JobState.Pending);
    }

    [Fact]
    public async Task Only_dead_jobs_are_retried_and_wrong_pages_are_refused()
    {
        await using var client = await StartClientAsync();
        var id = await client.Jobs.EnqueueAsync("job", Args);

        var retry = () => client.DeadLetters.RetryAsync(id);
        var page = () => client.DeadLetters.ListAsync(0);
        var cursor = () => client.DeadLetters.ListAsync(10, "nonsense");

        (await retry.Should().ThrowAsync<JobStateException>()).Which.Message.Should().Be($"JQ1103: Job {id} is Pending, and only dead jobs can be requeued or deleted here.");
        (await page.Should().ThrowAsync<InvalidJobException>()).Which.ErrorId.Should().Be("JQ1014");
        (await cursor.Should().ThrowAsync<InvalidJobException>()).Which.ErrorId.Should().Be("JQ1015");
    }

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(CallsOnOneJob))]
    public async Task A_call_on_an_unknown_job_or_on_no_job_is_refused(string call, Func<IJobQueue, JobId, Task> send)
    {
        await using var client = await StartClientAsync();

        var unknown = () => send(client.Jobs, JobId.FromKey("nothing"));
        var none = () => send(client.Jobs, default);

        (await unknown.Should().ThrowAsync<JobStateException>(call)).Which.ErrorId.Should().Be("JQ1102");
        (await none.Should().ThrowAsync<InvalidJobException>(call)).Which.ErrorId.Should().Be("JQ1016");
    }

    [Fact]
    public async Task An_enqueue_after_the_host_has_stopped_is_refused()
    {
        await using var client = await StartClientAsync();
        await client.StopAsync();

        var enqueue = () => client.Jobs.EnqueueAsync("job", Args);

        (await enqueue.Should().ThrowAsync<JobQueueException>()).Which.ErrorId.Should().Be("JQ1107");
    }

    [Fact]
    public async Task A_store_with_a_newer_schema_is_refused_at_start()
    {
        var prefix = TestServer.NewPrefix();
        await server.Connection.GetDatabase().HashSetAsync($"{{{prefix}:0}}:meta", [new HashEntry("schema", 2)]);

        var start = () => TestHost.StartAsync(server, static _ => { }, o => o.KeyPrefix = prefix);

        (await start.Should().ThrowAsync<JobQueueException>()).Which.ErrorId.Should().Be("JQ2008");
    }

    private static JobRequest Request(JobId id) => new("job", Args) { Options = { Id = id } };

    private Task<TestHost> StartClientAsync() => TestHost.StartAsync(server, static _ => { }, static o => o.RunWorkers = false);
}
