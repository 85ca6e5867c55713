namespace TradingPlatform.Hosting;

/// <summary>How the platform's own tasks are retried: three times, after 2, 4 and 8 minutes.</summary>
internal static class PlatformRetries
{
    public const int Max = 3;
    public const double BaseSeconds = 120;
    public const double CapSeconds = 3_600;
}
