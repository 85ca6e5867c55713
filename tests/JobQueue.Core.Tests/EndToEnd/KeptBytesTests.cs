using System.Text;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>Arguments come back byte for byte when a job is cancelled, copied, and its source deleted.</summary>
public sealed class KeptBytesTests(TestServer server)
{
    public static TheoryData<string> Arguments =>
    [
        "[]",
        "{}",
        "9223372036854775807",
        "1234567890123456789",
        "1e400",
        """{"a":1,"a":2,"status":"completed"}""",
        "\"\\u0000\"",
        "\"\\ud834\\udd1e é 𝄞\"",
        "[ 1,\t2\n ]",
        "null",
    ];

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Arguments))]
    public Task Arguments_survive_cancel_copy_and_delete(string json) => SurviveAsync(json);

    [Fact]
    public Task A_mebibyte_of_arguments_survives_cancel_copy_and_delete() => SurviveAsync('"' + new string('x', (1024 * 1024) - 2) + '"');

    private async Task SurviveAsync(string json)
    {
        await using var client = await TestHost.StartAsync(server, static _ => { }, static o => o.RunWorkers = false);
        foreach (var delay in (TimeSpan?[])[null, TimeSpan.FromHours(1)])
        {
            var id = await client.Jobs.EnqueueAsync("job", new RawJson(json), o => o.Delay = delay);
            await client.Jobs.CancelAsync(id);
            await IsKeptAsync(client, id, json);

            var copy = await client.Jobs.CopyAsync(id);
            await IsKeptAsync(client, copy, json);

            await client.Jobs.DeleteAsync(id);
            await client.Jobs.CancelAsync(copy);
            await IsKeptAsync(client, copy, json);
        }
    }

    private static async Task IsKeptAsync(TestHost client, JobId id, string json)
        => (await client.Jobs.GetAsync(id))!.Args.Span.SequenceEqual(Encoding.UTF8.GetBytes(json)).Should().BeTrue();
}
