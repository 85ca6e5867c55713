using System.Collections.Concurrent;
using System.Text;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>A user's arguments and results come back byte for byte through every way an attempt can end.</summary>
public sealed class AttemptBytesTests(TestServer server) : StoreTest(server)
{
    private const string RunsOut = "times_out";
    private const string Succeeds = "succeeds";

    private static readonly string[] Values =
    [
        "[]",
        "{}",
        "9223372036854775807",
        "1e400",
        """{"a":1,"a":2,"status":"completed"}""",
        "\"\\u0000\"",
        "\"\\ud834\\udd1e é 𝄞\"",
        "{ \"spaced\" : [ 1 , 2.50 ] }",
        '"' + new string('x', (1 << 20) - 2) + '"',
    ];

    private readonly ConcurrentQueue<(JobId Id, string Args)> _seen = new();

    [Fact]
    public async Task Arguments_survive_a_retry_a_snooze_a_release_at_shutdown_and_a_death()
    {
        var ids = new List<JobId>();
        using var began = new CountdownEvent(Values.Length);
        await using (var host = await StartAsync(began))
        {
            foreach (var value in Values)
            {
                ids.Add(await host.Jobs.EnqueueAsync(RunsOut, new RawJson(value)));
            }

            await Eventually.HoldsAsync(() => began.IsSet, "each has failed, snoozed, and runs for the third time");
        }

        await using var other = await StartAsync(began: null);
        foreach (var (id, value) in ids.Zip(Values))
        {
            await Eventually.HoldsAsync(async () => (await other.Jobs.GetAsync(id))!.State == JobState.Dead, "the job has died of its timeout");
            var job = await other.Jobs.GetAsync(id);
            IsSame(job!.Args, value);
            (job.Attempts.Count, job.Snoozes).Should().Be((2, 1), "the release used no attempt");
            _seen.Where(seen => seen.Id == id).Select(static seen => seen.Args).Should().HaveCount(4).And.OnlyContain(args => args == value);
        }

        await other.VerifyAsync();
    }

    [Fact]
    public async Task Arguments_survive_the_death_of_a_job_whose_process_died_too_often()
    {
        var names = Values.Select(static (_, number) => $"{number:0000}").ToArray();
        var now = await Store.NowAsync();

        // What a recovery finds: leased to a worker that is gone, with as many crashes as are allowed.
        await Store.SeedAsync(seed =>
        {
            foreach (var (name, value) in names.Zip(Values))
            {
                var record = JobRecordReader.TryRead(TestJob.Id(name), TestJob.Record(name), out _)!;
                record.Args = Encoding.UTF8.GetBytes(value);
                seed.Hash("running", TestJob.IdText(name), TestJob.Token("gone"))
                    .Text("job:" + TestJob.IdText(name), JobRecordWriter.Write(record))
                    .Hash("crashes", TestJob.IdText(name), $"3|{now}");
            }
        });

        await using var host = await StartAsync(began: null);

        foreach (var (name, value) in names.Zip(Values))
        {
            await Eventually.HoldsAsync(async () => (await host.Jobs.GetAsync(TestJob.Id(name)))!.State == JobState.Dead, "the job is buried");
            var job = await host.Jobs.GetAsync(TestJob.Id(name));
            IsSame(job!.Args, value);
            job.Reason.Should().Contain("has died 3 times");
        }

        await host.VerifyAsync();
    }

    [Fact]
    public async Task Arguments_and_results_of_completed_jobs_are_kept_as_they_were()
    {
        await using var host = await StartAsync(began: null);
        foreach (var value in Values)
        {
            var id = await host.Jobs.EnqueueAsync(Succeeds, new RawJson(value));

            (await host.Jobs.WaitForResultAsync<RawJson>(id, TimeSpan.FromSeconds(30)))!.Text.Should().Be(value);

            var job = await host.Jobs.GetAsync(id);
            IsSame(job!.Result!.Value, value);
            if (value.Length <= 16 * 1024)
            {
                IsSame(job.Args, value);
            }
            else
            {
                job.ArgsDropped.Should().Be(value.Length);
            }
        }
    }

    private static void IsSame(ReadOnlyMemory<byte> bytes, string value) => bytes.Span.SequenceEqual(Encoding.UTF8.GetBytes(value)).Should().BeTrue();

    /// <param name="began">Told of each third attempt, which then goes on until the host stops; null where it is to time out.</param>
    private Task<TestHost> StartAsync(CountdownEvent? began) => TestHost.StartAsync(
        Server,
        jobs => jobs
            .AddJobHandler<RawJson>(
                RunsOut,
                async (args, job, token) =>
                {
                    _seen.Enqueue((job.Id, args.Text));
                    if (job.Attempt == 1)
                    {
                        throw new InvalidDataException("once more");
                    }

                    if (job.Snoozes == 0)
                    {
                        job.Snooze(TimeSpan.FromMilliseconds(1));
                        return;
                    }

                    began?.Signal();
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
                },
                o => (o.MaxRetries, o.Timeout) = (1, began is null ? TimeSpan.FromMilliseconds(50) : TimeSpan.FromHours(1)))
            .AddJobHandler<RawJson, RawJson>(Succeeds, static (args, _, _) => Task.FromResult(args)),
        o => (o.KeyPrefix, o.Concurrency, o.ShutdownTimeout, o.MaxResultBytes, o.PollInterval)
            = (Store.Prefix, Values.Length, TimeSpan.Zero, 1 << 20, TimeSpan.FromMilliseconds(100)));
}
