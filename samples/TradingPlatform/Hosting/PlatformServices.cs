using JobQueue;
using TradingPlatform.Data;
using TradingPlatform.Mail;
using TradingPlatform.Market;
using TradingPlatform.Scraping;

namespace TradingPlatform.Hosting;

/// <summary>Puts the platform together.</summary>
internal static class PlatformServices
{
    private const long LargestPage = 2 * 1024 * 1024;

    public static void AddPlatform(this WebApplicationBuilder builder, Arguments arguments, string database)
    {
        var services = builder.Services;
        services.ConfigureHttpJsonOptions(static options => options.SerializerOptions.PropertyNamingPolicy = System.Text.Json.JsonNamingPolicy.SnakeCaseLower);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new Database(database));
        services.AddSingleton(new PriceFeed(arguments.Seed));
        services.AddSingleton<OwnAddress>();
        services.AddSingleton<SmtpSink>().AddHostedService(static provider => provider.GetRequiredService<SmtpSink>());
        services.AddSingleton<Mailer>();
        services.AddHttpClient(ScrapeJobs.ClientName, static client => (client.Timeout, client.MaxResponseContentBufferSize) = (TimeSpan.FromSeconds(10), LargestPage));
        services.AddOpenApi();
        services.AddHealthChecks().AddJobQueue(configure: options => options.RequirePersistence = arguments.Redis is not null);

        // Registered last, so that it starts last and stops first: jobs find everything running.
        var queue = services.AddJobQueue(options =>
        {
            options.ConnectionString = arguments.Redis;
            (options.RunWorkers, options.Concurrency) = (arguments.Workers > 0, Math.Max(arguments.Workers, 1));
        }).AddJobHandlers();
        if (arguments.Redis is null)
        {
            queue.UseEmbeddedRedis();
        }
    }
}
