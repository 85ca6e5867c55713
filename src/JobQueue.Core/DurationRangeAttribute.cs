using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace JobQueue;

/// <summary>
/// The range of an option that is a duration. The platform's <see cref="RangeAttribute"/> needs a type converter for it, which
/// a trimmed application may lack.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DurationRangeAttribute(string minimum, string maximum) : ValidationAttribute
{
    private readonly TimeSpan _minimum = TimeSpan.Parse(minimum, CultureInfo.InvariantCulture);
    private readonly TimeSpan _maximum = TimeSpan.Parse(maximum, CultureInfo.InvariantCulture);

    public override bool IsValid(object? value) => value is TimeSpan duration && duration >= _minimum && duration <= _maximum;

    public override string FormatErrorMessage(string name) => $"The field {name} must be between {_minimum} and {_maximum}.";
}
