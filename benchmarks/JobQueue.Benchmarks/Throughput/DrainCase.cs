using JobQueue.Benchmarks.Infrastructure;

namespace JobQueue.Benchmarks.Throughput;

/// <summary>Workers in processes of their own drain what waits.</summary>
internal static class DrainCase
{
    public static async Task<Speed> MeasureAsync(BenchServer server, int jobs, int processes)
    {
        await server.EmptyAsync();
        using (var client = await BenchHost.StartClientAsync(server.ConnectionString))
        {
            await Load.BulkAsync(client.Jobs(), jobs);
            await client.StopAsync();
        }

        var workers = await Task.WhenAll(Enumerable.Range(0, processes).Select(_ => WorkerProcess.StartAsync(server.ConnectionString)));
        try
        {
            return await Meter.DrainAsync(
                server, jobs, () => Store.CountCompletedAsync(server.Database), () => Store.WaitForRetentionAsync(server.Database));
        }
        finally
        {
            foreach (var worker in workers)
            {
                await worker.DisposeAsync();
            }
        }
    }
}
