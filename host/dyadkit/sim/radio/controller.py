"""Bumble's host and controller, as the simulated air wants them."""

from bumble import device, hci
from bumble.controller import Controller
from bumble.device import Device

from dyadkit.sim.radio.air import Air


class AirController(Controller):
    """A controller that forgets a connection attempt when told to; Bumble's own makes it later."""

    def on_hci_le_create_connection_cancel_command(
        self, _command: hci.HCI_LE_Create_Connection_Cancel_Command
    ) -> hci.HCI_StatusReturnParameters:
        """Give up the attempt there is, and say so."""
        attempt, self.pending_le_connection = self.pending_le_connection, None
        if attempt is not None:
            failed = hci.HCI_LE_Connection_Complete_Event(
                status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
                connection_handle=0,
                role=hci.Role.CENTRAL,
                peer_address_type=hci.AddressType.RANDOM_DEVICE,
                peer_address=attempt.peer_address,
                connection_interval=0,
                peripheral_latency=0,
                supervision_timeout=0,
                central_clock_accuracy=0,
            )
            self.send_hci_packet(failed)
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)


def bumble_device(name: str, address: str, air: Air) -> tuple[Device, Controller]:
    """A Bumble host and its controller in the air, not yet powered on."""
    controller = AirController(name, link=air)
    controller.le_features &= ~hci.LeFeatureMask.LE_EXTENDED_ADVERTISING
    controller.le_acl_data_packet_length = 251
    controller.acl_data_packet_length = 251
    config = device.DeviceConfiguration(name=name, address=hci.Address(address))
    made = Device.from_config_with_hci(config, controller, controller)
    controller.host = made.host
    return made, controller
