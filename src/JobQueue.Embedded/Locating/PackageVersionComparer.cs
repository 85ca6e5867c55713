namespace JobQueue.Embedded.Locating;

/// <summary>Orders the version folders of a package: by number, a pre-release below its release, anything else lowest.</summary>
internal sealed class PackageVersionComparer : IComparer<string>
{
    public static readonly PackageVersionComparer Instance = new();

    public int Compare(string? x, string? y)
    {
        var (left, leftLabel) = Split(x);
        var (right, rightLabel) = Split(y);
        var byNumber = Comparer<Version>.Default.Compare(left, right);
        return byNumber != 0 ? byNumber
            : leftLabel.Length == 0 || rightLabel.Length == 0 ? rightLabel.Length.CompareTo(leftLabel.Length)
            : string.CompareOrdinal(leftLabel, rightLabel);
    }

    private static (Version? Number, string Label) Split(string? name)
    {
        var parts = (name ?? "").Split('-', 2);
        return (Version.TryParse(parts[0], out var number) ? number : null, parts.Length == 2 ? parts[1] : "");
    }
}
