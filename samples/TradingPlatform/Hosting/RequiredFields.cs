namespace TradingPlatform.Hosting;

/// <summary>A payload that can never work, however often it is tried.</summary>
internal sealed class MissingFieldsException(IEnumerable<string> fields) : Exception($"Missing required fields: {string.Join(", ", fields)}");

/// <summary>Checks what a payload from elsewhere has to have.</summary>
internal static class RequiredFields
{
    public static void Check(params ReadOnlySpan<(string Name, string? Value)> fields)
    {
        List<string>? missing = null;
        foreach (var (name, value) in fields)
        {
            if (string.IsNullOrWhiteSpace(value))
            {
                (missing ??= []).Add(name);
            }
        }

        if (missing is not null)
        {
            throw new MissingFieldsException(missing);
        }
    }
}
