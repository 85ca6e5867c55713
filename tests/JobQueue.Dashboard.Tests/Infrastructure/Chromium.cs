using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Dashboard.Tests.Infrastructure;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace JobQueue.Dashboard.Tests.Infrastructure;

/// <summary>
/// The one browser that all tests of the assembly share, each in a context of its own. The machine's Chromium is used; where there is none the first use
/// skips the test with the reason. What a browser sees does not depend on the server behind the API, so it looks at redis-server only.
/// </summary>
public sealed class Chromium : IAsyncLifetime
{
    /// <summary>Longer than any page takes on a busy machine; what is asserted to be fast has a bound of its own.</summary>
    public const float BoundMs = 30_000;

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private readonly SemaphoreSlim _starting = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Opens a page of a host's dashboard.</summary>
    /// <param name="url">Where to go first.</param>
    /// <param name="server">The test's server.</param>
    /// <param name="configure">Sets up the context: size, colours, headers.</param>
    public async Task<BrowserPage> OpenAsync(string url, TestServer server, Action<BrowserNewContextOptions>? configure = null)
    {
        if (server.IsGarnet)
        {
            Assert.Skip("The browser looks at redis-server only: the page sees nothing of the server behind the API.");
        }

        var browser = await StartAsync();
        var options = new BrowserNewContextOptions { ViewportSize = new() { Width = 1360, Height = 900 }, ColorScheme = ColorScheme.Light, Locale = "en-GB", TimezoneId = "Europe/Berlin" };
        configure?.Invoke(options);
        var context = await browser.NewContextAsync(options);
        context.SetDefaultTimeout(BoundMs);
        return await BrowserPage.OpenAsync(context, url);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.CloseAsync();
        }

        _playwright?.Dispose();
        _starting.Dispose();
    }

    private static string? Find()
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(static folder => Names.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);

    private async Task<IBrowser> StartAsync()
    {
        await _starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (_browser is null)
            {
                var path = Find();
                if (path is null)
                {
                    Assert.Skip($"No browser to test with: none of {string.Join(", ", Names)} is on the PATH.");
                }

                _playwright = await Playwright.CreateAsync();
                _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = Arguments });
            }

            return _browser;
        }
        finally
        {
            _starting.Release();
        }
    }
}
