using System.Text;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>Records that can't be read become dead letters with their bytes and the reason, and the worker goes on.</summary>
public sealed class CorruptRecordTests(TestServer server) : StoreTest(server)
{
    private static readonly (string Name, byte[] Bytes, string Problem)[] Corrupt =
    [
        ("cut", TestJob.Record("cut")[..^9], "the record is not valid JSON of this schema: "),
        ("empty", [], "the record is empty, or its key holds another type than a string"),
        ("new", """{"v":99,"queue":"default","priority":"normal","name":"work","args":[]}"""u8.ToArray(), "its format version is 99, and this process reads 1"),
        ("name", """{"v":1,"queue":"default","priority":"normal","args":[]}"""u8.ToArray(), "its handler name is missing or not a valid name"),
        ("junk", [0xff, 0x00, 0x80], "the record is not valid JSON of this schema: "),
        ("huge", [.. Enumerable.Repeat((byte)'x', 100_000)], "the record is not valid JSON of this schema: "),
    ];

    [Fact]
    public async Task Each_is_buried_with_its_bytes_and_the_reason_and_the_job_behind_it_runs()
    {
        await Store.SeedAsync(static seed =>
        {
            foreach (var (name, bytes, _) in Corrupt)
            {
                seed.Text("job:" + TestJob.IdText(name), bytes).Listed(TestJob.DefaultLine, name);
            }

            seed.Pending("good");
        });
        await using var host = await StartAsync();

        await host.Jobs.WaitForResultAsync<object>(TestJob.Id("good"), TimeSpan.FromSeconds(30));

        foreach (var (name, bytes, problem) in Corrupt)
        {
            await IsBuriedAsync(host, name, bytes, problem);
        }

        await host.VerifyAsync();
    }

    [Fact]
    public async Task A_key_of_another_type_is_buried_too()
    {
        await Store.SeedAsync(static seed => seed.Listed(TestJob.DefaultLine, "list").Pending("good"));
        await Store.Database.ListLeftPushAsync(Store.Key("job:" + TestJob.IdText("list")), "no record");
        await using var host = await StartAsync();

        await host.Jobs.WaitForResultAsync<object>(TestJob.Id("good"), TimeSpan.FromSeconds(30));

        await IsBuriedAsync(host, "list", [], "the record is empty, or its key holds another type than a string");
        await host.VerifyAsync();
    }

    private async Task IsBuriedAsync(TestHost host, string name, byte[] bytes, string problem)
    {
        Job? job = null;
        await Eventually.HoldsAsync(async () => (job = await host.Jobs.GetAsync(TestJob.Id(name)))!.State == JobState.Dead, $"'{name}' is dead");
        job!.Name.Should().Be("unreadable");
        job.Reason.Should().StartWith("The record could not be read: " + problem);
        job.Attempts.Should().BeEmpty();
        var stored = (byte[])await Store.Database.StringGetAsync(Store.Key("job:" + job.Id));
        var raw = Convert.FromBase64String(JobRecordReader.TryRead(job.Id, stored, out _)!.Raw!);
        raw.Should().Equal(bytes[..Math.Min(bytes.Length, 64 * 1024)], Encoding.UTF8.GetString(raw));
    }

    private Task<TestHost> StartAsync() => TestHost.StartAsync(
        Server,
        static jobs => jobs.AddJobHandler<RawJson>("work", static (_, _, _) => Task.CompletedTask),
        o => (o.KeyPrefix, o.Concurrency) = (Store.Prefix, 1));
}
