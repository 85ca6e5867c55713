using JobQueue.Benchmarks.Infrastructure;

namespace JobQueue.Benchmarks.Micro;

/// <summary>Small parts of the library alone, each beside the least that any implementation has to do, in turns and in one process.</summary>
internal static class MicroSuite
{
    public static async Task<int> RunAsync(BenchOptions options)
    {
        var report = new Report(options, Machine.Describe("no server"));
        report.PrintHead();
        var cron = new CronCases(report);
        using var jobs = new JobCases(report);
        await report.RunAsync([.. jobs.Cases(), .. cron.Cases()]);
        report.Judge("bytes allocated by GetNextOccurrence", cron.Allocated, 0, atMost: true);
        return await report.WriteAsync();
    }
}
