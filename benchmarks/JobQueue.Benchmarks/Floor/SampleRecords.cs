using JobQueue.Benchmarks.Infrastructure;

namespace JobQueue.Benchmarks.Floor;

/// <summary>The bytes that the library stores of a job that waits, and of one that is done.</summary>
internal sealed record SampleRecords(byte[] Pending, byte[] Completed)
{
    public static async Task<SampleRecords> TakeAsync(BenchServer server)
    {
        await server.EmptyAsync();
        using var client = await BenchHost.StartClientAsync(server.ConnectionString);
        var id = await client.Jobs().EnqueueAsync(BenchArgs.Handler, BenchArgs.Usual);
        var key = Store.Record(id.ToString());
        byte[] pending = await server.Database.StringGetAsync(key);
        using var worker = await BenchHost.StartWorkerAsync(server.ConnectionString, static (_, _, _) => Task.CompletedTask);
        while (await Store.CountCompletedAsync(server.Database) == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        byte[] completed = await server.Database.StringGetAsync(key);
        await worker.StopAsync();
        await client.StopAsync();
        return new SampleRecords(pending, completed);
    }
}
