namespace TradingPlatform.Market;

/// <summary>
/// A simulated market: the price of an instrument at a time follows from the seed, the symbol and the minute, so that every process and every repeat of a job sees
/// the same one. Several waves of different lengths and a little noise, around a price of the instrument's own. Safe to use from any thread.
/// </summary>
internal sealed class PriceFeed(int seed)
{
    public static readonly (string Symbol, string Name)[] Instruments =
    [
        ("BTC", "Bitcoin"), ("ETH", "Ether"), ("SOL", "Solana"), ("XRP", "Ripple"), ("ADA", "Cardano"), ("EURUSD", "Euro / US dollar"), ("XAU", "Gold"), ("SPX", "S&P 500"),
    ];

    private static readonly double[] Bases = [64_000, 3_100, 150, 0.6, 0.45, 1.08, 2_400, 5_400];

    /// <summary>Lengths of the waves in minutes, and how far each moves the price.</summary>
    private static readonly (double Minutes, double Share)[] Waves = [(7, 0.002), (45, 0.006), (340, 0.015), (2_900, 0.05)];

    public double PriceOf(string symbol, DateTimeOffset at)
    {
        var number = IndexOf(symbol);
        var minute = at.ToUnixTimeSeconds() / 60;
        var factor = 1.0;
        for (var wave = 0; wave < Waves.Length; wave++)
        {
            var phase = Random(number, wave) * 2 * Math.PI;
            factor += Waves[wave].Share * Math.Sin((2 * Math.PI * minute / Waves[wave].Minutes) + phase);
        }

        factor += 0.002 * (Random(number, minute) - 0.5);
        return Math.Round(Bases[number] * factor, Bases[number] < 10 ? 5 : 2);
    }

    public double VolumeOf(string symbol, DateTimeOffset at) => Math.Round(1_000 * (0.5 + Random(IndexOf(symbol), -(at.ToUnixTimeSeconds() / 60))), 2);

    private static int IndexOf(string symbol)
    {
        var number = Array.FindIndex(Instruments, instrument => instrument.Symbol == symbol);
        return number >= 0 ? number : throw new UnknownSymbolException(symbol);
    }

    /// <summary>A number from 0 to 1 that is always the same: a few rounds of a multiply-and-shift mixer.</summary>
    private double Random(long a, long b)
    {
        var bits = unchecked(((ulong)seed * 0x9E3779B97F4A7C15) ^ ((ulong)a * 0xBF58476D1CE4E5B9) ^ ((ulong)b * 0x94D049BB133111EB));
        for (var round = 0; round < 3; round++)
        {
            bits = unchecked((bits ^ (bits >> 31)) * 0xD6E8FEB86659FD93);
        }

        return (bits >> 11) / (double)(1UL << 53);
    }
}

/// <summary>Nobody trades that.</summary>
internal sealed class UnknownSymbolException(string symbol)
    : Exception($"'{symbol}' is no instrument of the market. It has {string.Join(", ", PriceFeed.Instruments.Select(static instrument => instrument.Symbol))}.");
