using System.Globalization;
using JobQueue;
using Spectre.Console;
using TradingPlatform.Mail;
using TradingPlatform.Portfolios;
using TradingPlatform.Scraping;
using TradingPlatform.Trades;
using TradingPlatform.Video;

namespace TradingPlatform.Hosting;

/// <summary><c>--load N</c>: submits N mixed jobs and shows how they go. Some fail and are retried, some can never work and die.</summary>
internal static class LoadGenerator
{
    private const int Page = 500;

    private static readonly JobPriority[] Priorities = [JobPriority.Normal, JobPriority.High, JobPriority.Low, JobPriority.Critical];

    public static async Task RunAsync(IServiceProvider services, int count, CancellationToken cancellationToken)
    {
        var (jobs, monitor) = (services.GetRequiredService<IJobQueue>(), services.GetRequiredService<IJobMonitor>());
        var before = await monitor.GetCountsAsync(cancellationToken);
        await AnsiConsole.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()).StartAsync(async display =>
        {
            var (submitted, ended) = (display.AddTask("submitted", maxValue: count), display.AddTask("ended", maxValue: count));
            for (var first = 0; first < count; first += Page)
            {
                var size = Math.Min(Page, count - first);
                await jobs.EnqueueManyAsync(Enumerable.Range(first, size).Select(Make), cancellationToken);
                submitted.Increment(size);
                ended.Value = EndedSince(before, await monitor.GetCountsAsync(cancellationToken));
            }

            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
            while (ended.Value < count && await timer.WaitForNextTickAsync(cancellationToken))
            {
                var counts = await monitor.GetCountsAsync(cancellationToken);
                ended.Value = Math.Min(count, EndedSince(before, counts));
                ended.Description = string.Create(CultureInfo.InvariantCulture, $"ended ({counts.Retrying} to be retried, {counts.Dead} dead)");
            }
        });
    }

    private static long EndedSince(JobCounts before, JobCounts now)
        => now.TotalCompleted + now.TotalDead + now.TotalCancelled - before.TotalCompleted - before.TotalDead - before.TotalCancelled;

    private static JobRequest Make(int number)
    {
        var to = string.Create(CultureInfo.InvariantCulture, $"user-{number % 8}@example.com");
        var job = (number % 20) switch
        {
            0 => JobRequest.Create("process_video", new VideoTask(string.Create(CultureInfo.InvariantCulture, $"video-{number}"), Frames: 20)),
            1 or 2 => JobRequest.Create("scrape_website", new ScrapeTask("/pages/markets", ".price")),
            3 => JobRequest.Create("scrape_website", new ScrapeTask()), // Can never work: its address is missing.
            4 => JobRequest.Create("send_email", new Email(to, "Half a mail")), // Nor this one: it has no body.
            5 => JobRequest.Create("send_email", new Email(to, "Try again", "Sometimes the mail server is away.", FailureRate: 0.5)),
            6 => JobRequest.Create("send_email", new Email(to, "Never", "The mail server is never there.", FailureRate: 1)),
            7 => JobRequest.Create("simulate_replicated_trade", new ReplicationTask("nobody-opened-it")),
            < 12 => JobRequest.Create("sync_portfolio", new PortfolioTask(string.Create(CultureInfo.InvariantCulture, $"portfolio-{(number % 8) + 1}"))),
            < 14 => JobRequest.Create("monitor_risk", new PortfolioTask(string.Create(CultureInfo.InvariantCulture, $"portfolio-{(number % 8) + 1}"))),
            _ => JobRequest.Create("send_email", new Email(to, "Your order", "It is on its way.")),
        };
        job.Options.Priority = number % 3 == 0 ? Priorities[number / 3 % Priorities.Length] : null;
        job.Options.UserId = to;
        job.Options.Tags.Add("load");
        return job;
    }
}
