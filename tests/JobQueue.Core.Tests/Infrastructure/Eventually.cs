namespace JobQueue.Tests.Infrastructure;

/// <summary>Waits for a condition with a bound: tests state what must become true, never how long it takes.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan DefaultBound = TimeSpan.FromSeconds(30);

    public static async Task BecomesTrueAsync(Func<Task<bool>> condition, string what, TimeSpan? bound = null)
    {
        using var limit = new CancellationTokenSource(bound ?? DefaultBound);
        while (!await condition())
        {
            if (limit.IsCancellationRequested)
            {
                Assert.Fail($"Within {bound ?? DefaultBound} it did not become true that {what}.");
            }

            await Task.Delay(Interval, TestContext.Current.CancellationToken);
        }
    }

    public static Task BecomesTrueAsync(Func<bool> condition, string what, TimeSpan? bound = null)
        => BecomesTrueAsync(() => Task.FromResult(condition()), what, bound);
}
