using JobQueue;
using JobQueue.Embedded;
using TradingPlatform.Data;
using TradingPlatform.Hosting;
using TradingPlatform.Market;
using TradingPlatform.Scraping;
using TradingPlatform.Trades;

if (Arguments.TryParse(args, out var problem) is not { } arguments)
{
    Console.Error.WriteLine($"{problem}\n{Arguments.Usage}");
    return 2;
}

var scratch = arguments is { Redis: null, Database: null } ? Directory.CreateTempSubdirectory("trading-platform-") : null;
try
{
    var builder = WebApplication.CreateBuilder(arguments.ForHost);
    builder.AddPlatform(arguments, arguments.Database ?? (scratch is null ? "trading-platform.db" : Path.Combine(scratch.FullName, "platform.db")));
    await using var app = builder.Build();
    Migrations.Run(app.Services.GetRequiredService<Database>());
    SeedData.Fill(app.Services.GetRequiredService<Database>(), app.Services.GetRequiredService<PriceFeed>(), app.Services.GetRequiredService<TimeProvider>());

    var api = app.MapJobQueueApi("/api/v1");
    var dashboard = app.MapJobQueueDashboard("/jobs", static options => (options.Title, options.ApiPath) = ("Trading platform", "/api/v1"));
    if (arguments.AllowRemote)
    {
        api.AllowAnonymous();
        dashboard.AllowAnonymous();
    }

    app.MapOpenApi();
    app.UseSwaggerUI(static options => (options.RoutePrefix, options.ConfigObject.Urls) = ("docs", [new() { Name = "v1", Url = "/openapi/v1.json" }]));
    HealthJson.Map(app);
    IngestEndpoint.Map(app);
    Pages.Map(app);

    await app.StartAsync();
    if (arguments.Load > 0)
    {
        await LoadGenerator.RunAsync(app.Services, arguments.Load, app.Lifetime.ApplicationStopping);
    }

    await app.WaitForShutdownAsync();
    return 0;
}
catch (Exception e) when (e is JobQueueException or EmbeddedRedisException or IOException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
finally
{
    Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
    scratch?.Delete(recursive: true);
}
