using System.Text;
using System.Text.Json;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>A user's arguments come back byte for byte through attempts, deaths and requeues.</summary>
public sealed class RequeuedBytesTests(TestServer server) : StoreTest(server)
{
    private static readonly string[] Arguments =
    [
        "[]",
        "9223372036854775807",
        "1e400",
        """{"a":1,"a":2}""",
        "\"\\u0000\"",
        "{ \"spaced\" : [ 1 , 2.50 ] }",
        "\"" + new string('x', (1 << 20) - 2) + "\"",
    ];

    [Fact]
    public async Task Arguments_survive_requeues_of_many_and_of_one()
    {
        await Store.SeedAsync(static seed =>
        {
            for (var n = 0; n < Arguments.Length; n++)
            {
                seed.Dead(Name(n)).Text("job:" + TestJob.IdText(Name(n)), Record(n));
            }
        });
        var got = new string?[Arguments.Length];
        await using var host = await TestHost.StartAsync(
            Server,
            jobs => jobs.AddJobHandler<JsonElement>(
                "work",
                (args, job, _) =>
                {
                    got[int.Parse(TestJob.Shorten(job.Id.ToString()), null)] = args.GetRawText();
                    throw new InvalidDataException("again");
                },
                static o => o.MaxRetries = 1),
            o => o.KeyPrefix = Store.Prefix);

        string? cursor = null;
        do
        {
            cursor = (await host.DeadLetters.RetryAllAsync(cursor: cursor)).NextCursor;
        }
        while (cursor is not null);
        await AllDiedInRoundAsync(host, 2);
        foreach (var n in Enumerable.Range(0, Arguments.Length))
        {
            await host.DeadLetters.RetryAsync(TestJob.Id(Name(n)));
        }

        await AllDiedInRoundAsync(host, 3);

        got.Should().Equal(Arguments);
        for (var n = 0; n < Arguments.Length; n++)
        {
            var job = await host.Jobs.GetAsync(TestJob.Id(Name(n)));
            Encoding.UTF8.GetString(job!.Args.Span).Should().Be(Arguments[n]);
            job.Attempts.Should().HaveCount(4);
        }
    }

    private static string Name(int number) => number.ToString("D2", null);

    private static byte[] Record(int number) => JobRecordWriter.Write(new JobRecord
    {
        Id = TestJob.Id(Name(number)),
        Name = "work",
        Queue = "default",
        Priority = JobPriority.Normal,
        Args = Encoding.UTF8.GetBytes(Arguments[number]),
        CreatedAt = TestJob.LongAgo,
        Status = TerminalStatus.Failed,
        FinishedAt = TestJob.LongAgo,
    });

    private static Task AllDiedInRoundAsync(TestHost host, int round)
        => Eventually.HoldsAsync(
            async () =>
            {
                for (var n = 0; n < Arguments.Length; n++)
                {
                    if (await host.Jobs.GetAsync(TestJob.Id(Name(n))) is not { State: JobState.Dead } job || job.Round != round)
                    {
                        return false;
                    }
                }

                return true;
            },
            $"all have died in round {round}");
}
