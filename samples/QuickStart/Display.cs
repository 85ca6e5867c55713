using System.Globalization;
using JobQueue;
using Spectre.Console;

namespace QuickStart;

/// <summary>Shows progress while the jobs run: a bar with rate and counts, or plain lines.</summary>
internal sealed class Display(IJobMonitor monitor, bool plain)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(50);

    /// <summary>Watches until every job has completed or died.</summary>
    /// <returns>Whether that happened within the limit.</returns>
    public Task<bool> WatchAsync(long jobs, long deadBefore, long completedBefore) => plain
        ? PollAsync(jobs, deadBefore, completedBefore, (counts, ended, rate) => Console.WriteLine(Describe(counts, ended, jobs, rate)))
        : AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new SpinnerColumn())
            .StartAsync(context =>
            {
                var bar = context.AddTask("jobs", maxValue: jobs);
                return PollAsync(jobs, deadBefore, completedBefore, (counts, ended, rate) =>
                {
                    bar.Value = ended;
                    bar.Description = Markup.Escape(Describe(counts, ended, jobs, rate));
                });
            });

    private async Task<bool> PollAsync(long jobs, long deadBefore, long completedBefore, Action<JobCounts, long, double> show)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var counts = await monitor.GetCountsAsync();
            var ended = counts.TotalCompleted - completedBefore + counts.Dead - deadBefore;
            var elapsed = TimeProvider.System.GetElapsedTime(began);
            show(counts, ended, ended / Math.Max(0.001, elapsed.TotalSeconds));
            if (ended >= jobs || elapsed > Limit)
            {
                return ended >= jobs;
            }

            await Task.Delay(Interval);
        }
    }

    private static string Describe(JobCounts counts, long ended, long jobs, double rate) => string.Create(
        CultureInfo.InvariantCulture,
        $"{ended}/{jobs} at {rate:N0}/s: pending {counts.Pending}, running {counts.Running}, scheduled {counts.Scheduled}, retrying {counts.Retrying}, dead {counts.Dead}");
}
