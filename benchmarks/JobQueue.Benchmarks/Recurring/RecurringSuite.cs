using JobQueue.Benchmarks.Infrastructure;

namespace JobQueue.Benchmarks.Recurring;

/// <summary>How late recurring and delayed jobs start.</summary>
internal static class RecurringSuite
{
    public static async Task<int> RunAsync(BenchOptions options)
    {
        await using var server = await BenchServer.StartAsync();
        var report = new Report(options, Machine.Describe(server.Name));
        report.PrintHead();
        var lateness = new Lateness(server, report);
        await report.RunAsync((Lateness.Recurring, lateness.RecurringAsync), (Lateness.Delayed, lateness.DelayedAsync));
        foreach (var what in (string[])[Lateness.Recurring, Lateness.Delayed])
        {
            foreach (var part in (string[])["p50", "p99"])
            {
                report.Ratio($"{what}, {part}, to a bare timer", Lateness.Late(what, part), Lateness.Late($"{Lateness.Timer}, beside {what}", part));
            }
        }

        return await report.WriteAsync();
    }
}
