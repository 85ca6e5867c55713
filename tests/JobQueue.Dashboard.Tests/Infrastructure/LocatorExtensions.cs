using Microsoft.Playwright;

namespace JobQueue.Dashboard.Tests.Infrastructure;

/// <summary>What a test waits for on a page, with a bound.</summary>
internal static class LocatorExtensions
{
    public static Task SeeAsync(this ILocator what, float withinMs = Chromium.BoundMs) => Assertions.Expect(what).ToBeVisibleAsync(new() { Timeout = withinMs });

    public static Task MissAsync(this ILocator what) => Assertions.Expect(what).ToHaveCountAsync(0, new() { Timeout = Chromium.BoundMs });

    public static Task ReadsAsync(this ILocator what, string text, float withinMs = Chromium.BoundMs) => Assertions.Expect(what).ToContainTextAsync(text, new() { Timeout = withinMs });
}
