using System.Collections.Concurrent;
using System.Diagnostics;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>Headers and the trace that enqueued a job stay with it through everything that rewrites its record.</summary>
public sealed class HeaderTests(TestServer server) : StoreTest(server)
{
    private const string TraceState = "vendor=a,other=b";

    private static readonly Dictionary<string, string> Headers = new()
    {
        ["tenant"] = "a \"quoted\" one",
        ["TENANT"] = "",
        ["Zürich 𝄞"] = "line\nbreak \\ \u0001 𝄞",
    };

    private readonly ConcurrentQueue<IReadOnlyDictionary<string, string>> _seen = new();

    [Fact]
    public async Task Headers_and_trace_survive_a_retry_a_death_a_requeue_and_a_completion()
    {
        await using var host = await StartAsync();
        using var caller = StartCaller();
        var id = await host.Jobs.EnqueueAsync("work", new Numbered(3), SetHeaders);
        caller.Stop();

        await EndsAsAsync(host, id, JobState.Dead, caller);
        await host.DeadLetters.RetryAsync(id);
        await EndsAsAsync(host, id, JobState.Completed, caller);

        _seen.Should().HaveCount(3, "two attempts of the first round, one of the second").And.AllSatisfy(static seen => seen.Should().Equal(Headers));
    }

    [Fact]
    public async Task A_copy_takes_the_headers_and_the_trace_of_who_copies()
    {
        await using var host = await StartAsync();
        JobId first;
        using (StartCaller())
        {
            first = await host.Jobs.EnqueueAsync("work", new Numbered(1), SetHeaders);
        }

        await host.Jobs.WaitForResultAsync<string>(first, TimeSpan.FromSeconds(30));
        using var copier = StartCaller();
        var copy = await host.Jobs.CopyAsync(first, static o => o.Headers["by"] = "me");
        copier.Stop();
        var bare = await host.Jobs.CopyAsync(first, static o => o.Headers.Clear());

        var job = (await host.Jobs.GetAsync(copy))!;
        job.Headers.Should().Equal(new Dictionary<string, string>(Headers) { ["by"] = "me" });
        job.TraceParent.Should().Be(copier.Id);
        (await host.Jobs.GetAsync(bare)).Should().BeEquivalentTo(new { TraceParent = (string?)null, Headers = new Dictionary<string, string>() });
    }

    [Fact]
    public async Task Headers_and_trace_survive_the_death_of_a_job_whose_process_died_too_often()
    {
        var now = await Store.NowAsync();
        var record = new JobRecord
        {
            Id = TestJob.Id("a"),
            Name = "work",
            Queue = "default",
            Priority = JobPriority.Normal,
            Args = "{}"u8.ToArray(),
            CreatedAt = TestJob.LongAgo,
            Headers = Headers,
            TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            TraceState = TraceState,
        };
        await Store.SeedAsync(seed => seed.Hash("running", TestJob.IdText("a"), TestJob.Token("gone"))
            .Text("job:" + TestJob.IdText("a"), JobRecordWriter.Write(record))
            .Hash("crashes", TestJob.IdText("a"), $"3|{now}"));

        await using var host = await TestHost.StartAsync(Server, static _ => { }, o => o.KeyPrefix = Store.Prefix);

        await Eventually.HoldsAsync(async () => (await host.Jobs.GetAsync(TestJob.Id("a")))!.State == JobState.Dead, "the job is buried");
        (await host.Jobs.GetAsync(TestJob.Id("a"))).Should().BeEquivalentTo(new { Headers, record.TraceParent });
        await host.VerifyAsync();
    }

    [Fact]
    public async Task Without_an_activity_a_job_has_no_trace()
    {
        await using var host = await StartAsync();

        var id = await host.Jobs.EnqueueAsync("work", new Numbered(1));

        var job = (await host.Jobs.GetAsync(id))!;
        (job.TraceParent, job.Headers.Count).Should().Be((null, 0));
    }

    private static Activity StartCaller()
    {
        var caller = new Activity("the caller's") { TraceStateString = TraceState };
        return caller.SetIdFormat(ActivityIdFormat.W3C).Start();
    }

    private static void SetHeaders(EnqueueOptions options)
    {
        foreach (var (name, value) in Headers)
        {
            options.Headers.Add(name, value);
        }
    }

    private async Task EndsAsAsync(TestHost host, JobId id, JobState state, Activity caller)
    {
        await Eventually.HoldsAsync(async () => (await host.Jobs.GetAsync(id))!.State == state, $"the job is {state}");
        var job = (await host.Jobs.GetAsync(id))!;
        job.Headers.Should().Equal(Headers);
        job.TraceParent.Should().Be(caller.Id);
        var record = (string?)await Store.Database.StringGetAsync(Store.Key("job:" + id));
        record.Should().Contain($"\"trace_state\":\"{TraceState}\"");
    }

    /// <summary>Succeeds in the attempt that the arguments name, and has one retry a round.</summary>
    private Task<TestHost> StartAsync() => TestHost.StartAsync(
        Server,
        jobs => jobs.AddJobHandler<Numbered, string>(
            "work",
            (args, job, _) =>
            {
                _seen.Enqueue(job.Headers);
                return _seen.Count >= args.Number ? Task.FromResult("done") : throw new InvalidDataException("again");
            },
            static o => o.MaxRetries = 1),
        o => o.KeyPrefix = Store.Prefix);
}
