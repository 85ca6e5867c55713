using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Dashboard.Tests.Infrastructure;
using Microsoft.Playwright;

namespace JobQueue.Dashboard.Tests.Docs;

/// <summary>
/// The pictures of README and docs: they exist and are small. With <c>JOBQUEUE_IMAGES_FROM</c> set to the address of a dashboard of a running host,
/// such as <c>http://localhost:5080/jobs/</c>, they are made anew from it first.
/// </summary>
public sealed class ReadmeImagesTests(TestServer server, Chromium chromium)
{
    private const string Variable = "JOBQUEUE_IMAGES_FROM";
    private const int MostBytes = 300 * 1024;

    /// <summary>So long the host is watched first, so that the live chart has something to show.</summary>
    private const float WatchMs = 100_000;

    private static readonly string[] Pictures = ["overview", "job"];
    private static readonly ColorScheme[] Schemes = [ColorScheme.Light, ColorScheme.Dark];

    [Fact]
    public async Task The_pictures_are_there_and_small()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } address)
        {
            await MakeAsync(address);
        }

        var readme = Repository.Read("README.md");
        foreach (var file in from picture in Pictures from scheme in Schemes select FileOf(picture, scheme))
        {
            readme.Should().Contain($"docs/images/{file}");
            new FileInfo(Path.Combine(Repository.Root, "docs", "images", file)).Length.Should().BeInRange(10_000, MostBytes, file);
        }
    }

    private static string FileOf(string picture, ColorScheme scheme) => $"dashboard-{picture}-{(scheme == ColorScheme.Light ? "light" : "dark")}.png";

    private async Task MakeAsync(string address)
    {
        Directory.CreateDirectory(Path.Combine(Repository.Root, "docs", "images"));
        await using var page = await chromium.OpenAsync(address, server, static context => context.ViewportSize = new() { Width = 1280, Height = 860 });
        await page.UntilLiveAsync();
        await page.Page.WaitForTimeoutAsync(WatchMs);
        await ShootAsync(page, "overview");
        await page.Page.GotoAsync(address.TrimEnd('/') + "/jobs?state=failed");
        await page.Page.Locator("tr[data-row] a").First.ClickAsync();
        await page.SeeAsync("Timeline");
        await ShootAsync(page, "job");
    }

    private static async Task ShootAsync(BrowserPage page, string picture)
    {
        foreach (var scheme in Schemes)
        {
            await page.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await page.Page.ScreenshotAsync(new() { Path = Path.Combine(Repository.Root, "docs", "images", FileOf(picture, scheme)) });
        }
    }
}
