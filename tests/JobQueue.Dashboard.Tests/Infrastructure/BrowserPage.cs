using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using JobQueue.Core.Tests.Infrastructure;
using Microsoft.Playwright;

namespace JobQueue.Dashboard.Tests.Infrastructure;

/// <summary>
/// A page in the browser that keeps account of what goes wrong in it: errors on the console, exceptions, requests to other hosts. A test ends with
/// <see cref="VerifyClean"/>.
/// </summary>
public sealed class BrowserPage : IAsyncDisposable
{
    /// <summary>What the issue promises: a change is on the page within two seconds.</summary>
    public const float LiveMs = 2_000;

    private readonly IBrowserContext _context;
    private readonly List<string> _faults = [];

    private BrowserPage(IBrowserContext context, IPage page) => (_context, Page) = (context, page);

    public IPage Page { get; }

    /// <summary>Where screenshots are kept; no part of the repository.</summary>
    private static string Screenshots => Path.Combine(Repository.Root, "artifacts", "screenshots");

    public static async Task<BrowserPage> OpenAsync(IBrowserContext context, string url)
    {
        var opened = new BrowserPage(context, await context.NewPageAsync());
        opened.Watch(new Uri(url).Authority);
        await opened.Page.GotoAsync(url);
        return opened;
    }

    public ILocator Button(string name, bool exact = false) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = exact });

    public ILocator Dialog => Page.GetByRole(AriaRole.Dialog);

    public ILocator Text(string text) => Page.GetByText(text);

    /// <summary>The row of a table that has a text in it.</summary>
    public ILocator Row(string text) => Page.Locator("main tr").Filter(new() { HasText = text });

    public Task SeeAsync(string text, float withinMs = Chromium.BoundMs) => Text(text).First.SeeAsync(withinMs);

    /// <summary>Waits until the page is live: then it has read what is shown, and hears what changes.</summary>
    public async Task UntilLiveAsync() => await Page.Locator(".live[data-tone=live]").SeeAsync();

    public async Task ScreenshotAsync(string name)
    {
        Directory.CreateDirectory(Screenshots);
        await Page.ScreenshotAsync(new() { Path = Path.Combine(Screenshots, name + ".png") });
    }

    /// <summary>Nothing on the page keeps somebody out: no violation that is serious or critical.</summary>
    public async Task VerifyAccessibleAsync(string because)
    {
        var result = await Page.RunAxe(new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] } });
        result.Violations
            .Where(static violation => violation.Impact is "serious" or "critical")
            .Select(static violation => $"{violation.Id}: {string.Join(" | ", violation.Nodes.Take(3).Select(static node => node.Html))}")
            .Should().BeEmpty(because);
    }

    /// <summary>Nothing sticks out: the page does not scroll sideways.</summary>
    public async Task VerifyFitsAsync(string because)
        => (await Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")).Should().BeLessThanOrEqualTo(0, because);

    public void VerifyClean() => _faults.Should().BeEmpty();

    /// <summary>The browser itself reports a refused request as an error; a test that provokes one expects that.</summary>
    public void Forgive(string text) => _faults.RemoveAll(fault => fault.Contains(text, StringComparison.Ordinal));

    public async ValueTask DisposeAsync() => await _context.CloseAsync();

    private void Watch(string authority)
    {
        Page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _faults.Add($"console: {message.Text}");
            }
        };
        Page.PageError += (_, error) => _faults.Add($"exception: {error}");
        Page.Request += (_, request) =>
        {
            var uri = new Uri(request.Url);
            if (uri.Scheme is not ("data" or "blob") && uri.Authority != authority)
            {
                _faults.Add($"request to {request.Url}");
            }
        };
    }
}
