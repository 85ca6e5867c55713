using System.Diagnostics;

namespace JobQueue.Embedded.Tests.Support;

/// <summary>Waits for a condition, with a bound that only a failing test reaches.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    public static async Task BecomesTrueAsync(Func<bool> condition, string because)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            waited.Elapsed.Should().BeLessThan(Bound, because);
            await Task.Delay(Interval, TestContext.Current.CancellationToken);
        }
    }
}
