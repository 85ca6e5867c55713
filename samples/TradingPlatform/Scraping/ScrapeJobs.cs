using AngleSharp;
using AngleSharp.Dom;
using JobQueue;
using TradingPlatform.Hosting;

namespace TradingPlatform.Scraping;

/// <summary>A page to fetch, and what of it is wanted: a CSS selector, or the title.</summary>
internal sealed record ScrapeTask(string? Url = null, string? Selector = null);

/// <summary>What a page says.</summary>
internal sealed record ScrapeResult(string Status, string Url, string? Data, int StatusCode);

/// <summary>An address that can't be fetched, however often it is tried.</summary>
internal sealed class BadAddressException(string url) : Exception($"'{url}' is no http or https address.");

/// <summary>Fetches web pages.</summary>
internal sealed class ScrapeJobs(IHttpClientFactory clients, OwnAddress own)
{
    public const string ClientName = "scraper";

    [JobHandler("scrape_website", Queue = "scraping", TimeoutSeconds = 60, MaxRetries = 3, BackoffBaseSeconds = 10, BackoffMaxSeconds = 600, DoNotRetry = [typeof(MissingFieldsException), typeof(BadAddressException), typeof(DomException)])]
    public async Task<ScrapeResult> ScrapeAsync(ScrapeTask task, CancellationToken cancellationToken)
    {
        RequiredFields.Check(("url", task.Url));
        if (!Uri.TryCreate(own.Base, task.Url, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new BadAddressException(task.Url!);
        }

        using var client = clients.CreateClient(ClientName); // With a time limit and a size limit of its own.
        using var response = await client.GetAsync(address, cancellationToken);
        if ((int)response.StatusCode >= 500)
        {
            throw new HttpRequestException($"{address} answered {(int)response.StatusCode}.", inner: null, response.StatusCode);
        }

        using var context = BrowsingContext.New();
        var html = await response.Content.ReadAsStringAsync(cancellationToken);
        using var document = await context.OpenAsync(request => request.Content(html).Address(address), cancellationToken);
        var data = task.Selector is { Length: > 0 } selector
            ? string.Join('\n', document.QuerySelectorAll(selector).Select(static element => element.TextContent.Trim()))
            : document.Title;
        return new ScrapeResult("scraped", address.ToString(), data, (int)response.StatusCode);
    }
}
