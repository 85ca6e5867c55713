using System.Globalization;
using System.Text;

namespace JobQueue.SourceGeneration.Rules;

/// <summary>Writes values as JSON.</summary>
internal static class Json
{
    public static string Number(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;

    public static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Everything but plain ASCII is escaped, so that the text may stand in any literal.</summary>
    public static string Text(string value)
    {
        var text = new StringBuilder("\"");
        foreach (var c in value)
        {
            if (c is >= ' ' and <= '~' and not ('"' or '\\'))
            {
                text.Append(c);
            }
            else
            {
                text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            }
        }

        return text.Append('"').ToString();
    }
}
